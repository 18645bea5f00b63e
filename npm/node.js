// The same two functions as in a browser; Node reads the wasm from disk.
import { readFile } from "node:fs/promises";
import start, { analyze } from "./roofline.js";

export { analyze };

export default async function init(input) {
  const file = new URL("roofline_bg.wasm", import.meta.url);
  await start(input ?? { module_or_path: await readFile(file) });
}
