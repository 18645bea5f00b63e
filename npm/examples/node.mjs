// node examples/node.mjs
import init, { analyze } from "transformer-roofline-analyzer";

await init();

const report = analyze("meta-llama/Llama-2-7b-hf", { cached_tokens: 1024, input_tokens: 1 }, { hardware: "h100" });
const { total, roofline } = report;
console.log(`${report.model.name} on one ${roofline.hardware_name}`);
console.log(`${total.flops} FLOP, ${total.weight_bytes + total.input_bytes + total.output_bytes} bytes`);
console.log(`at least ${(roofline.seconds * 1e3).toFixed(2)} ms, ${roofline.bound}-bound`);

// What takes the most of that time.
const [longest] = report.layers
  .map((layer, i) => ({ name: layer.name, share: roofline.layers[i].share }))
  .sort((a, b) => b.share - a.share);
console.log(`${longest.name} takes ${(longest.share * 100).toFixed(1)} % of it`);

// A config of your own, and what is wrong with it.
try {
  analyze({ model_type: "llama", hidden_size: 0 });
} catch (error) {
  console.log(error.message);
}
