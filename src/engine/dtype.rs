//! Element types of weights, activations and the KV cache.

use serde::{Serialize, Serializer};

/// The data types that PyTorch names and that can hold weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DType {
    Float64,
    Float32,
    Float16,
    BFloat16,
    Float8E4M3Fn,
    Float8E4M3Fnuz,
    Float8E5M2,
    Float8E5M2Fnuz,
    Float8E8M0Fnu,
    Float4E2M1FnX2,
    Int64,
    Int32,
    Int16,
    Int8,
    Int7,
    Int6,
    Int5,
    Int4,
    Int3,
    Int2,
    Int1,
    UInt64,
    UInt32,
    UInt16,
    UInt8,
    UInt7,
    UInt6,
    UInt5,
    UInt4,
    UInt3,
    UInt2,
    UInt1,
    QInt32,
    QInt8,
    QUInt8,
    QUInt4x2,
    QUInt2x4,
}

/// Name in PyTorch, aliases, bits per element. Source: `torch.dtype` in PyTorch 2.9; `quint4x2`,
/// `quint2x4` and `float4_e2m1fn_x2` pack several elements into a byte, and an element is what counts.
const TABLE: &[(DType, &str, &[&str], u32)] = &[
    (DType::Float64, "float64", &["double", "fp64"], 64),
    (DType::Float32, "float32", &["float", "fp32"], 32),
    (DType::Float16, "float16", &["half", "fp16"], 16),
    (DType::BFloat16, "bfloat16", &["bf16"], 16),
    (DType::Float8E4M3Fn, "float8_e4m3fn", &["fp8", "float8_e4m3", "e4m3"], 8),
    (DType::Float8E4M3Fnuz, "float8_e4m3fnuz", &[], 8),
    (DType::Float8E5M2, "float8_e5m2", &["e5m2"], 8),
    (DType::Float8E5M2Fnuz, "float8_e5m2fnuz", &[], 8),
    (DType::Float8E8M0Fnu, "float8_e8m0fnu", &[], 8),
    (DType::Float4E2M1FnX2, "float4_e2m1fn_x2", &["fp4"], 4),
    (DType::Int64, "int64", &["long"], 64),
    (DType::Int32, "int32", &["int"], 32),
    (DType::Int16, "int16", &["short"], 16),
    (DType::Int8, "int8", &[], 8),
    (DType::Int7, "int7", &[], 7),
    (DType::Int6, "int6", &[], 6),
    (DType::Int5, "int5", &[], 5),
    (DType::Int4, "int4", &[], 4),
    (DType::Int3, "int3", &[], 3),
    (DType::Int2, "int2", &[], 2),
    (DType::Int1, "int1", &[], 1),
    (DType::UInt64, "uint64", &[], 64),
    (DType::UInt32, "uint32", &[], 32),
    (DType::UInt16, "uint16", &[], 16),
    (DType::UInt8, "uint8", &[], 8),
    (DType::UInt7, "uint7", &[], 7),
    (DType::UInt6, "uint6", &[], 6),
    (DType::UInt5, "uint5", &[], 5),
    (DType::UInt4, "uint4", &[], 4),
    (DType::UInt3, "uint3", &[], 3),
    (DType::UInt2, "uint2", &[], 2),
    (DType::UInt1, "uint1", &[], 1),
    (DType::QInt32, "qint32", &[], 32),
    (DType::QInt8, "qint8", &[], 8),
    (DType::QUInt8, "quint8", &[], 8),
    (DType::QUInt4x2, "quint4x2", &[], 4),
    (DType::QUInt2x4, "quint2x4", &[], 2),
];

impl DType {
    /// Reads PyTorch's name or a common short one, with or without `torch.` before it.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.strip_prefix("torch.").unwrap_or(name);
        TABLE.iter().find(|(_, full, aliases, _)| *full == name || aliases.contains(&name)).map(|row| row.0)
    }

    /// Every name that is read, PyTorch's own first in its row.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|row| row.1)
    }

    /// PyTorch's name.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// Bits one element takes.
    pub fn bits(self) -> u32 {
        self.row().3
    }

    fn row(self) -> &'static (DType, &'static str, &'static [&'static str], u32) {
        // The table follows the enum's order; a test holds them together.
        &TABLE[self as usize]
    }
}

impl Serialize for DType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_follows_the_enum() {
        for (i, row) in TABLE.iter().enumerate() {
            assert_eq!(row.0 as usize, i, "{}", row.1);
        }
    }

    #[test]
    fn names_aliases_and_widths() {
        for (name, bits) in [
            ("float16", 16),
            ("torch.bfloat16", 16),
            ("half", 16),
            ("double", 64),
            ("float8_e4m3fn", 8),
            ("float8_e5m2", 8),
            ("float4_e2m1fn_x2", 4),
            ("int4", 4),
            ("quint2x4", 2),
        ] {
            assert_eq!(DType::parse(name).map(DType::bits), Some(bits), "{name}");
        }
        for name in ["", "auto", "Float16", "bool", "complex64", "torch."] {
            assert_eq!(DType::parse(name), None, "{name}");
        }
        assert!(DType::names().all(|name| DType::parse(name).is_some_and(|d| d.name() == name)));
    }
}
