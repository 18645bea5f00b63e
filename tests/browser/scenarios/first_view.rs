//! The page opens already analysed: Llama-2-7B, 1,024 cached tokens, 1 new token, on one H100.

use crate::look::{CANVAS, headline, layers, stored, title};
use browser::Page;

/// Worked out by hand from the formulas, in one block: layer, FLOPs, weight, input, output bytes.
const LAYERS: [(&str, [u128; 4]); 11] = [
    ("Attn - RMSNorm", [16_386, 8_194, 8_192, 8_192]),
    ("Attn - QKV_Proj", [100_651_008, 100_663_296, 8_192, 24_576]),
    ("Attn - RoPE", [24_576, 0, 16_384, 16_384]),
    ("Attn - SDPA", [16_788_479, 0, 16_801_792, 8_192]),
    ("Attn - O_Proj", [33_550_336, 33_554_432, 8_192, 8_192]),
    ("Attn - ResidualAdd", [4_096, 0, 16_384, 8_192]),
    ("Ffn - RMSNorm", [16_386, 8_194, 8_192, 8_192]),
    ("Ffn - GateUp_Proj", [180_333_056, 180_355_072, 8_192, 44_032]),
    ("Ffn - ActMul", [55_041, 0, 44_032, 22_016]),
    ("Ffn - Down_Proj", [90_173_440, 90_177_536, 22_016, 8_192]),
    ("Ffn - ResidualAdd", [4_096, 0, 16_384, 8_192]),
];

#[test]
fn the_first_view_is_complete() {
    let page = Page::new().open("");
    assert_eq!(title(&page), "meta-llama/Llama-2-7b-hf");

    // 13,500,448,896 B at 3.35 TB/s are 4.03 ms, 248 times a second; 13,491,740,800 FLOP over
    // those bytes are 0.999; the peak of 989.4 TFLOP/s over the bandwidth is 295.
    for (label, value) in [
        ("Time of this step", "≥ 4.03 ms memory-bound"),
        ("New tokens per second", "≤ 248 1 new token per step"),
        ("Intensity", "0.999 FLOP/B ridge at 295 FLOP/B"),
        ("Memory", "fits 12.8 GiB, 16.0 % of 80.0 GiB"),
        ("Parameters", "6.74 B all in use for every token"),
        ("Weights", "12.1 GiB float16"),
        ("KV cache", "512 MiB 512 KiB per token"),
        ("Compute", "13.5 GFLOP document accounting"),
        ("Traffic", "12.6 GiB to and from memory"),
    ] {
        assert_eq!(headline(&page, label), value, "{label}");
    }
    page.wait_for_text(
        "main",
        "On one H100 80GB SXM5, memory bandwidth limits this step: at least 4.03 ms, at most 248 new tokens per second.",
    );

    let table = layers(&page);
    assert_eq!(table.names(), LAYERS.map(|layer| layer.0));
    for (layer, costs) in LAYERS {
        assert_eq!(table.costs(layer), costs, "{layer}");
        assert_eq!(table.shown(layer, "Blocks"), "32");
        assert_eq!(table.shown(layer, "Bound"), "memory-bound");
    }
    assert_eq!(table.shown("Attn - QKV_Proj", "Compute"), "101 MFLOP");
    assert_eq!(table.shown("Ffn - GateUp_Proj", "Weights"), "172 MiB");
    assert_eq!(table.shown("Attn - SDPA", "Intensity"), "0.999");
    assert_eq!(table.shown("Ffn - GateUp_Proj", "Share of time"), "42.8 %");
    // 32 blocks of everything above.
    assert_eq!(table.costs("All blocks"), [13_491_740_800, 12_952_535_168, 542_654_464, 5_259_264]);

    assert_eq!(stored(&page, "Weights"), 12_952_535_168);
    assert_eq!(stored(&page, "KV cache"), 537_395_200);
    assert_eq!(stored(&page, "Embedding table"), 262_144_000);
    assert_eq!(stored(&page, "Together"), 13_752_074_368);

    page.wait_for_ink(CANVAS);
    assert_eq!(page.fragment(), "", "the plain address stays plain");
}

#[test]
fn a_screen_reader_is_told_the_same() {
    let page = Page::new().open("");
    page.wait_for_role("main", "Answer");
    page.wait_for_role("image", "11 of 11 layers are memory-bound");
    page.wait_for_role("image", "12.8 GiB of 80.0 GiB");
    page.wait_for_role("table", "Cost of each layer");
    page.wait_for_role("rowheader", "Attn - SDPA");
    page.wait_for_role("textbox", "Hugging Face id, address, or the text of a config.json");
    page.wait_for_role("combobox", "Device");
    page.wait_for_role("radio", "document");
    // Every control has a name.
    for node in page.accessibility() {
        let control = ["button", "link", "textbox", "combobox", "radio", "image", "region"];
        assert!(!control.contains(&node.role.as_str()) || !node.name.is_empty(), "{node:?}");
    }
    // The answer is announced once it stands still, not at every key.
    page.wait_for_text("[role=status]", "memory bandwidth limits this step");
}
