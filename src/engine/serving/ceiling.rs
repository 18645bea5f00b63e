//! What of a vendor's figures is taken as reachable.

use crate::engine::error::Error;
use crate::engine::hardware::{Compute, Hardware};
use crate::engine::quantity::{self, percent};
use serde::Serialize;

/// The part of peak compute that a matrix product reaches where nobody measured it: the mean of what is
/// measured in bf16 on the devices of the table.
const UNMEASURED: f64 = 0.75;

/// The word for [`Reach::Measured`].
const MEASURED: &str = "measured";

/// How far below the vendor's figures the roofs are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ceiling {
    pub compute: Reach,
    /// The part of memory bandwidth, and of that of links, that is reached.
    pub bandwidth: f64,
}

/// The part of peak compute that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// As measured on matrix products where the device's table has it, else three quarters.
    Measured,
    /// So much of the vendor's peak, above 0 and at most 1.
    Factor(f64),
}

impl Ceiling {
    /// The vendor's figures as they are.
    pub const PEAK: Ceiling = Ceiling { compute: Reach::Factor(1.0), bandwidth: 1.0 };
    /// The measured matrix-product rate, and four fifths of the bandwidth: what reading weights was measured
    /// to reach on an H100 and an H200 (`docs/measured.md`).
    pub const ACHIEVABLE: Ceiling = Ceiling { compute: Reach::Measured, bandwidth: 0.8 };

    /// The named ceilings: id, words.
    pub const NAMED: [(&'static str, Ceiling, &'static str); 2] =
        [("peak", Ceiling::PEAK, "Vendor peak"), ("achievable", Ceiling::ACHIEVABLE, "Achievable")];

    /// Reads a name, or the parts of compute and bandwidth that are reached: `0.7,0.85`, `measured,0.85`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(row) = Self::NAMED.iter().find(|row| row.0 == text) {
            return Some(row.1);
        }
        let (compute, bandwidth) = text.split_once(',')?;
        let compute = match compute {
            MEASURED => Reach::Measured,
            part => Reach::Factor(quantity::read(part)?),
        };
        let ceiling = Ceiling { compute, bandwidth: quantity::read(bandwidth)? };
        ceiling.check().ok().map(|()| ceiling)
    }

    /// What [`Ceiling::parse`] reads it from.
    pub fn id(&self) -> String {
        if let Some(row) = Self::NAMED.iter().find(|row| row.1 == *self) {
            return row.0.to_owned();
        }
        match self.compute {
            Reach::Factor(factor) => format!("{factor},{}", self.bandwidth),
            Reach::Measured => format!("{MEASURED},{}", self.bandwidth),
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let part = |value: f64| value > 0.0 && value <= 1.0;
        let compute = match self.compute {
            Reach::Measured => true,
            Reach::Factor(factor) => part(factor),
        };
        if compute && part(self.bandwidth) {
            return Ok(());
        }
        Err(Error::Deployment {
            reason: "what is reached of compute and of bandwidth must be above 0 and at most 1".to_owned(),
        })
    }

    /// FLOP/s that are taken as reachable for a type, and what the device computes it in.
    pub fn peak(&self, hardware: &Hardware, wanted: Compute) -> (Compute, f64) {
        let (compute, peak) = hardware.peak_for(wanted);
        (compute, peak * self.factor(hardware, compute))
    }

    /// Bytes per second of the memory.
    pub fn memory(&self, hardware: &Hardware) -> f64 {
        hardware.bandwidth * self.bandwidth
    }

    /// The part of a type's peak: measured for the type itself, else for the device's bf16.
    fn factor(&self, hardware: &Hardware, compute: Compute) -> f64 {
        match self.compute {
            Reach::Factor(factor) => factor,
            Reach::Measured => [compute, Compute::Bf16]
                .into_iter()
                .find_map(|compute| {
                    let measured = hardware.measured.iter().find(|row| row.0 == compute)?.1;
                    let peak = hardware.peaks.iter().find(|row| row.0 == compute)?.1;
                    Some(measured / peak)
                })
                .unwrap_or(UNMEASURED),
        }
    }

    /// In a sentence.
    pub(super) fn words(&self, hardware: &Hardware) -> String {
        if *self == Ceiling::PEAK {
            return "Compute and bandwidth are the vendor's peaks, which no kernel reaches.".to_owned();
        }
        let measured = self.compute == Reach::Measured && !hardware.measured.is_empty();
        let how = if measured { ", as measured on matrix products" } else { "" };
        format!(
            "Of the vendor's figures, {} of compute{how} and {} of bandwidth are taken as reached.",
            percent(self.factor(hardware, Compute::Bf16)),
            percent(self.bandwidth)
        )
    }
}
