/** How many tokens each query has cached and brings. One number stands for every query. */
export interface WorkloadInput {
    /** 1024 if left out. */
    cached_tokens?: number | bigint | (number | bigint)[];
    /** 1 if left out; at least 1. */
    input_tokens?: number | bigint | (number | bigint)[];
    /** A multiple of the lists' length; that length if left out. */
    batch_size?: number | bigint;
}

export interface AnalyzeOptions {
    /** What is counted: "document" (the default), "exact" or "torch", and single choices behind it: "exact,pairs=all". */
    accounting?: "document" | "exact" | "torch" | (string & {});
    /** A built-in device's id, or one in your own figures: "custom:989e12,3.35e12,8e10,My board". Without one the report has no `roofline`. */
    hardware?: string;
}

/** FLOPs, bytes and parameters are `bigint` whatever their size; counts and rates are `number`. */
export interface Report {
    /** The version of this shape. Keys may be added under one version, none is removed. */
    schema: number;
    model: Summary;
    workload: Workload;
    /** The accounting's name, with single choices behind it where it is none of the named ones. */
    accounting: string;
    /** In execution order; figures are per block. */
    layers: Row[];
    /** Over all layers and blocks. */
    total: Total;
    storage: StorageItem[];
    storage_total_bytes: bigint;
    /** What the KV cache takes where every layer keeps the whole context. */
    kv_cache_reserved_bytes: bigint;
    /** Missing unless a device was named. */
    roofline?: Assessment;
    notes: Note[];
}

export interface Summary {
    name: string | null;
    model_type: string;
    /** The family that an unknown model was read as because you asked for it; every figure may be wrong. */
    read_as?: string;
    num_blocks: number;
    precision: Precision;
    /** How the weights are quantised; missing where neither the config nor you say so. */
    quantization?: Quantization;
    parameters: Parameters;
    /** The kinds of blocks, in the order of their first appearance. */
    structure: BlockKind[];
    kv_cache_bytes_per_token: bigint;
    /** Keys of the config that were read or assumed. */
    config: ConfigKey[];
    /** Keys of the config without any effect. */
    ignored: string[];
}

/** Element types by use: "bfloat16", "float8_e4m3fn", … */
export interface Precision {
    weights: string;
    activations: string;
    kv_cache: string;
}

/** A model's quantisation in a few words. */
export interface Quantization {
    /** "GPTQ"; empty where the config names a method that is not known. */
    method: string;
    /** The key that was read: "quantization_config.quant_method". */
    source: string;
    formats: FormatUse[];
    /** Layers with matrices of the model's own type. */
    unquantized: string[];
    /** Stored bits over parameters. */
    bits_per_weight: number;
}

/** A format and what is kept in it. */
export interface FormatUse {
    format: string;
    /** Bits of a weight with its part of the scales. */
    bits_per_weight: number;
    /** What the products are computed in where the activations are quantised too. */
    compute?: string;
    /** Layers with such weights. */
    layers: string[];
    /** Parameters of those layers, over all blocks. */
    parameters: bigint;
}

/** Every parameter counted once. */
export interface Parameters {
    total: bigint;
    /** Those that one token uses. */
    active: bigint;
    embedding: bigint;
    lm_head: bigint;
    lm_head_tied: boolean;
    /** Of layers that predict further tokens; in no other figure. */
    prediction: bigint;
}

/** Blocks that are alike. */
export interface BlockKind {
    /** What sets them apart: "sliding attention 4,096 · dense". */
    label: string;
    /** How many there are. */
    repeat: number;
    /** Which of the model's blocks they are, from 0: "0–2, 5". */
    blocks: string;
    /** Of one block. */
    parameters: bigint;
    /** Of one block, those that one token uses. */
    active: bigint;
    stage: Stage;
}

export interface ConfigKey {
    /** Dotted: "text_config.hidden_size". */
    key: string;
    /** As the config has it, or as it was assumed. */
    value: unknown;
    /** Why the value was assumed; missing where the config gave it. */
    assumed?: string;
}

export interface Workload {
    /** Every query of the batch. */
    queries: Query[];
    batch_size: number;
}

export interface Query {
    cached_tokens: number;
    input_tokens: number;
}

export interface Row {
    name: string;
    kind: "norm" | "gemm" | "rope" | "attention" | "activation" | "residual" | "ends";
    /** Which blocks: what sets them apart. */
    group: string;
    /** How many blocks have this layer. */
    blocks: number;
    flops: bigint;
    weight_bytes: bigint;
    input_bytes: bigint;
    output_bytes: bigint;
    /** FLOP per byte; null where nothing moves. */
    intensity: number | null;
    parameters: bigint;
    stage: Stage;
    /** The format of the weights, where that is not the model's type. */
    weights?: string;
    /** What the layer asks a device to compute in: "bf16", "fp8", … */
    compute: string;
    /** For layers of a mixture only. */
    experts?: ExpertsRead;
    /** The form that latent attention takes, for the layers it makes a difference to. */
    form?: "written" | "expanded" | "absorbed";
}

export type Stage = "embedding" | "block" | "head" | "prediction";

/** Experts' weights that a layer reads. */
export interface ExpertsRead {
    total: number;
    per_token: number;
    /** Distinct experts to expect when every token draws evenly. */
    expected: number;
    /** When all tokens draw the same experts. */
    lowest: number;
    /** When they overlap as little as they can. */
    highest: number;
}

export interface Total {
    flops: bigint;
    weight_bytes: bigint;
    input_bytes: bigint;
    output_bytes: bigint;
    intensity: number | null;
}

export interface StorageItem {
    name: string;
    bytes: bigint;
}

/** The report on a device. */
export interface Assessment {
    hardware: string;
    hardware_name: string;
    /** What the device computes most FLOPs in: "bf16", "fp8", … */
    compute: string;
    /** What those would have asked for; missing where the device has it. */
    instead_of?: string;
    peak_flops_per_second: number;
    bandwidth_bytes_per_second: number;
    /** FLOP per byte above which computing takes longer than moving. */
    ridge: number;
    /** One for each layer of the report. */
    layers: Placement[];
    /** The lower bound over all layers and blocks. */
    seconds: number;
    bound: "memory" | "compute";
    /** New tokens of the whole batch per second at that bound; null where the model does not fit. */
    tokens_per_second: number | null;
    memory_bytes: bigint;
    fits: boolean;
}

export interface Placement {
    /** What the device computes the layer in. */
    compute: string;
    /** The lower bound for the layer in one block. */
    seconds: number;
    /** The part of the whole time that all blocks of this layer take. */
    share: number;
    bound: "memory" | "compute";
    /** FLOP/s that the device allows at the layer's intensity; null without traffic. */
    attainable_flops_per_second: number | null;
}

export interface Note {
    kind: "assumed" | "accounting" | "model" | "precision" | "text";
    text: string;
}

/**
 * Counts a workload on a model.
 *
 * @param config the text of a config.json, the parsed object, or the id of a built-in model
 * @param workload one decode step after 1024 cached tokens if left out
 * @throws Error that says what is wrong with the input and what to do about it
 */
export function analyze(config: string | object, workload?: WorkloadInput, options?: AnalyzeOptions): Report;
