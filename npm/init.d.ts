
/** Where the wasm comes from, if not from beside the module. */
export interface InitInput {
  module_or_path: RequestInfo | URL | Response | BufferSource | WebAssembly.Module | Promise<Response>;
}

/** Loads the engine: once, before the first `analyze`. A second call does nothing. */
export default function init(input?: InitInput): Promise<unknown>;
