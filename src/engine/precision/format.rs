//! How weights or cached values are kept in memory: elements of so many bits, and the scales beside them.

use crate::engine::dtype::DType;
use crate::engine::hardware::Compute;
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// Elements and their scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    pub element: Element,
    /// Scales, and scales of scales.
    pub scales: [Scale; 2],
}

/// What one element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// A type of PyTorch's, as it stands.
    Type(DType),
    /// An integer of so many bits.
    Int(u64),
    Fp8,
    Fp6,
    /// A format whose name says how its scales are laid out; bits of an element.
    Named(&'static str, u64),
}

/// Numbers that several elements share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    pub over: Over,
    /// Bits of one scale.
    pub bits: u64,
    /// Bits of the zero point beside it; 0 where there is none.
    pub zero: u64,
}

/// Which elements of a matrix share a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// None do: there is no scale.
    Nothing,
    /// All of them.
    Tensor,
    /// Those that make one output.
    Channel,
    /// Those of one input.
    Input,
    /// So many neighbours along the inputs.
    Group(u64),
    /// So many neighbours in the flattened matrix.
    Run(u64),
    /// A tile of so many outputs by so many inputs.
    Block(u64, u64),
}

/// The weights of a layer, where they are kept in a format of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantized {
    pub format: Format,
    /// What the products are computed in where the activations are quantised along with the weights;
    /// none where the weights are widened to the activations first.
    pub compute: Option<Compute>,
}

impl Scale {
    pub const NONE: Scale = Scale { over: Over::Nothing, bits: 0, zero: 0 };

    pub const fn new(over: Over, bits: u64) -> Self {
        Scale { over, bits, zero: 0 }
    }
}

impl Element {
    /// Bits of one element.
    pub fn bits(self) -> u64 {
        match self {
            Element::Type(dtype) => dtype.bits().into(),
            Element::Int(bits) | Element::Named(_, bits) => bits,
            Element::Fp8 => 8,
            Element::Fp6 => 6,
        }
    }
}

impl Format {
    /// Elements of a type without scales.
    pub const fn plain(dtype: DType) -> Self {
        Format { element: Element::Type(dtype), scales: [Scale::NONE; 2] }
    }

    pub const fn new(element: Element, over: Over, bits: u64) -> Self {
        Format { element, scales: [Scale::new(over, bits), Scale::NONE] }
    }

    /// Integers with a scale of 16 bits and a zero point of their own width over `group` inputs, as GPTQ
    /// and AWQ keep them.
    pub const fn grouped_int(bits: u64, group: u64) -> Self {
        let scale = Scale { over: Over::Group(group), bits: 16, zero: bits };
        Format { element: Element::Int(bits), scales: [scale, Scale::NONE] }
    }

    /// The same without zero points, as compressed-tensors keeps symmetric ones.
    pub const fn symmetric_int(bits: u64, group: u64) -> Self {
        Format::new(Element::Int(bits), Over::Group(group), 16)
    }

    /// The name it is shown and chosen by: `int4-g128`, `fp8-128x128`, `nvfp4`.
    pub fn name(&self) -> String {
        let element = match self.element {
            Element::Type(dtype) => return dtype.name().to_owned(),
            Element::Named(name, _) => return name.to_owned(),
            Element::Int(bits) => format!("int{bits}"),
            Element::Fp8 => "fp8".to_owned(),
            Element::Fp6 => "fp6".to_owned(),
        };
        let over = match self.scales[0].over {
            Over::Nothing | Over::Tensor => String::new(),
            Over::Channel | Over::Input => "-channel".to_owned(),
            Over::Group(size) | Over::Run(size) => format!("-g{size}"),
            Over::Block(rows, columns) => format!("-{rows}x{columns}"),
        };
        let integer = matches!(self.element, Element::Int(_));
        let grouped = matches!(self.scales[0].over, Over::Group(_));
        let symmetric = if integer && grouped && self.scales[0].zero == 0 { "-sym" } else { "" };
        element + &over + symmetric
    }

    /// Bits of a weight with its part of the scales, in matrices so large that a scale for a whole row or
    /// for a whole matrix does not show.
    pub fn bits_per_weight(&self) -> f64 {
        let shared = |scale: &Scale| {
            let elements = match scale.over {
                Over::Nothing | Over::Tensor | Over::Channel | Over::Input => return 0.0,
                Over::Group(size) | Over::Run(size) => size as f64,
                Over::Block(rows, columns) => rows as f64 * columns as f64,
            };
            (scale.bits + scale.zero) as f64 / elements
        };
        self.element.bits() as f64 + self.scales.iter().map(shared).sum::<f64>()
    }
}

/// The names of formats. A model has few of them on many layers, so each is put together once.
#[derive(Debug, Default)]
pub struct Names(Vec<(Format, Arc<str>)>);

impl Names {
    pub fn of(&mut self, format: Format) -> Arc<str> {
        if let Some((_, name)) = self.0.iter().find(|(known, _)| *known == format) {
            return Arc::clone(name);
        }
        let name: Arc<str> = format.name().into();
        self.0.push((format, Arc::clone(&name)));
        name
    }
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}
