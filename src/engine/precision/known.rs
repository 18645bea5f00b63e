//! Formats that have a name of their own, and the words that choose one.

use super::format::{Element, Format, Over, Scale};
use crate::engine::dtype::DType;

/// OCP Microscaling: 32 elements share a scale of eight bits. OCP MX specification 1.0, section 5.
const fn microscaling(name: &'static str, bits: u64) -> Format {
    Format::new(Element::Named(name, bits), Over::Group(32), 8)
}

pub const MXFP4: Format = microscaling("mxfp4", 4);
pub const MXFP6: Format = microscaling("mxfp6", 6);
pub const MXFP8: Format = microscaling("mxfp8", 8);

/// 16 elements share an fp8 scale, the tensor an fp32 one. NVIDIA Model Optimizer, `NVFP4QTensor`.
pub const NVFP4: Format = Format {
    element: Element::Named("nvfp4", 4),
    scales: [Scale::new(Over::Group(16), 8), Scale::new(Over::Tensor, 32)],
};

/// bitsandbytes: 64 neighbours share an fp32 maximum; `bnb_4bit_quant_type: "fp4"` is laid out alike.
pub const NF4: Format = Format::new(Element::Named("nf4", 4), Over::Run(64), 32);
pub const BNB_FP4: Format = Format::new(Element::Named("bnb-fp4", 4), Over::Run(64), 32);

/// The same with maxima of eight bits, of which 256 share an fp32 one.
pub const NF4_DOUBLE: Format = nested("nf4-double");
pub const BNB_FP4_DOUBLE: Format = nested("bnb-fp4-double");

const fn nested(name: &'static str) -> Format {
    Format {
        element: Element::Named(name, 4),
        scales: [Scale::new(Over::Run(64), 8), Scale::new(Over::Run(64 * 256), 32)],
    }
}

/// fp8 with one scale for the matrix.
pub const FP8: Format = Format::new(Element::Fp8, Over::Tensor, 32);
/// fp8 with a scale for every output.
pub const FP8_CHANNEL: Format = Format::new(Element::Fp8, Over::Channel, 32);
/// fp8 with an fp32 scale for every tile, as DeepSeek-V3 has it.
pub const FP8_BLOCK: Format = Format::new(Element::Fp8, Over::Block(128, 128), 32);
/// int8 with a scale for every output.
pub const INT8: Format = Format::new(Element::Int(8), Over::Channel, 16);

/// A block format of llama.cpp: so many weights in so many bytes, `bits` of them the weights themselves.
const fn gguf(name: &'static str, bits: u64, weights: u64, bytes: u64) -> Format {
    Format::new(Element::Named(name, bits), Over::Group(weights), 8 * bytes - bits * weights)
}

/// A mixture of llama.cpp's block formats by its mean, in bits of 256 weights.
const fn mixture(name: &'static str, bits: u64, in_256: u64) -> Format {
    Format::new(Element::Named(name, bits), Over::Group(256), in_256 - 256 * bits)
}

/// Formats of llama.cpp: the sizes of `block_q4_0` … `block_q8_0` in ggml-common.h. Those that end in `_s`
/// or `_m` mix several; they stand with their mean over Llama-3.1-8B, by the table in llama.cpp's
/// tools/quantize/README.md.
const GGUF: &[Format] = &[
    gguf("q2_k", 2, 256, 84),
    gguf("q3_k", 3, 256, 110),
    gguf("q4_0", 4, 32, 18),
    gguf("q4_1", 4, 32, 20),
    gguf("q4_k", 4, 256, 144),
    gguf("q5_0", 5, 32, 22),
    gguf("q5_1", 5, 32, 24),
    gguf("q5_k", 5, 256, 176),
    gguf("q6_k", 6, 256, 210),
    gguf("q8_0", 8, 32, 34),
    // 4.0010, 4.6672, 4.8944 and 5.7036 bits a weight.
    mixture("q3_k_m", 3, 1024),
    mixture("q4_k_s", 4, 1195),
    mixture("q4_k_m", 4, 1253),
    mixture("q5_k_m", 5, 1460),
];

/// The other formats by name.
const NAMED: &[Format] = &[
    MXFP4,
    MXFP6,
    MXFP8,
    NVFP4,
    NF4,
    NF4_DOUBLE,
    BNB_FP4,
    BNB_FP4_DOUBLE,
    FP8,
    FP8_CHANNEL,
    FP8_BLOCK,
    INT8,
];

/// Whether a format is one of llama.cpp's, which quantises the embedding and the head as well.
pub fn is_gguf(format: &Format) -> bool {
    GGUF.contains(format)
}

/// What a word stands for: a format by its name, `int4-g128`, `int4-g32-sym`, or a floating-point type of
/// PyTorch's.
pub fn format(word: &str) -> Option<Format> {
    let word = word.to_ascii_lowercase().replace(' ', "");
    let alias = match word.as_str() {
        "int8" | "w8a16" | "w8a8" => "int8-channel",
        "int4" | "w4a16" | "gptq" | "awq" => "int4-g128",
        "fp8_e4m3" | "e4m3" | "float8_e4m3fn" => "fp8",
        "fp8_e5m2" => "float8_e5m2",
        "fp4" => "nvfp4",
        other => other,
    };
    GGUF.iter()
        .chain(NAMED)
        .find(|known| known.name() == alias)
        .copied()
        .or_else(|| integer(alias))
        .or_else(|| DType::parse(alias).filter(|dtype| dtype.name().contains("float")).map(Format::plain))
}

/// `int4-g128`, with `-sym` behind it where there are no zero points.
fn integer(word: &str) -> Option<Format> {
    let (bits, rest) = word.strip_prefix("int")?.split_once("-g")?;
    let (group, symmetric) = match rest.strip_suffix("-sym") {
        Some(group) => (group, true),
        None => (rest, false),
    };
    let (bits, group) = (bits.parse().ok()?, group.parse().ok()?);
    let sound = (1..=8).contains(&bits) && (1..=1 << 16).contains(&group);
    sound.then(|| match symmetric {
        true => Format::symmetric_int(bits, group),
        false => Format::grouped_int(bits, group),
    })
}

/// The words worth listing, the common ones first.
pub fn words() -> Vec<String> {
    let types = [DType::BFloat16, DType::Float16, DType::Float32].map(|dtype| dtype.name().to_owned());
    let grouped = ["int4-g128", "int4-g64", "int4-g32", "int4-g128-sym", "int3-g128"].map(str::to_owned);
    let listed = NAMED.iter().map(Format::name).chain(grouped).chain(GGUF.iter().map(Format::name));
    types.into_iter().chain(listed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_of_a_weight_with_its_part_of_the_scales() {
        for (word, bits) in [
            // 4 + (16 + 4) / 128, / 64, / 32
            ("int4-g128", 4.15625),
            ("int4-g64", 4.3125),
            ("int4-g32", 4.625),
            // 8 + (16 + 8) / 128
            ("int8-g128", 8.1875),
            // 4 + 16 / 128, / 32
            ("int4-g128-sym", 4.125),
            ("int4-g32-sym", 4.5),
            // 8 + 32 / (128 · 128)
            ("fp8-128x128", 8.001953125),
            ("fp8", 8.0),
            // 4 + 8 / 32; 8 + 8 / 32; 4 + 8 / 16
            ("mxfp4", 4.25),
            ("mxfp8", 8.25),
            ("nvfp4", 4.5),
            // 4 + 32 / 64; 4 + 8 / 64 + 32 / 16384
            ("nf4", 4.5),
            ("nf4-double", 4.126953125),
            // Bytes of a block · 8 / its weights: 18 / 32, 144 / 256, 176, 210, 34 / 32, 110, 84
            ("q4_0", 4.5),
            ("q4_k", 4.5),
            ("q5_k", 5.5),
            ("q6_k", 6.5625),
            ("q8_0", 8.5),
            ("q3_k", 3.4375),
            ("q2_k", 2.625),
            // 1253 / 256
            ("q4_k_m", 4.89453125),
            ("bf16", 16.0),
            ("float8_e5m2", 8.0),
        ] {
            assert_eq!(format(word).map(|f| f.bits_per_weight()), Some(bits), "{word}");
        }
    }

    #[test]
    fn every_listed_word_is_read_back() {
        for word in words() {
            assert_eq!(format(&word).map(|f| f.name()), Some(word));
        }
        for word in ["", "int", "int4-g", "int4-g0", "int9-g8", "int4-g128-", "q4", "int-1-g8", "int4-g-1"] {
            assert_eq!(format(word), None, "{word}");
        }
    }
}
