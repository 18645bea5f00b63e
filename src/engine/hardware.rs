//! Accelerators: what they compute and move per second, and what they hold.

pub use super::presets::PRESETS;
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// What a device multiplies in, accumulating in fp32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compute {
    Fp32,
    Tf32,
    Fp16,
    Bf16,
    Fp8,
    Int8,
    Fp6,
    Fp4,
    Int4,
}

impl Compute {
    pub fn name(self) -> &'static str {
        match self {
            Compute::Fp32 => "fp32",
            Compute::Tf32 => "tf32",
            Compute::Fp16 => "fp16",
            Compute::Bf16 => "bf16",
            Compute::Fp8 => "fp8",
            Compute::Int8 => "int8",
            Compute::Fp6 => "fp6",
            Compute::Fp4 => "fp4",
            Compute::Int4 => "int4",
        }
    }

    /// What a device without this type computes in, best first: wider types that hold every value, then
    /// what comes nearest.
    fn fallbacks(self) -> &'static [Compute] {
        use Compute as C;
        match self {
            C::Fp32 | C::Tf32 => &[C::Tf32, C::Fp32, C::Bf16, C::Fp16],
            C::Fp16 => &[C::Bf16, C::Tf32, C::Fp32],
            C::Bf16 | C::Fp8 | C::Int8 | C::Fp6 | C::Fp4 | C::Int4 => &[C::Bf16, C::Fp16, C::Tf32, C::Fp32],
        }
    }
}

impl Serialize for Compute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A device, built in or described by the user.
#[derive(Clone, Debug, PartialEq)]
pub struct Hardware {
    pub id: Cow<'static, str>,
    pub name: Cow<'static, str>,
    pub vendor: Cow<'static, str>,
    /// Dense FLOP/s, one row per type the device has; never empty.
    pub peaks: Cow<'static, [(Compute, f64)]>,
    /// Best matrix product measured, FLOP/s; empty where nobody measured.
    pub measured: &'static [(Compute, f64)],
    pub memory_bytes: u64,
    /// Bytes per second.
    pub bandwidth: f64,
    /// How it reaches its neighbours, where that is known.
    pub interconnect: Option<Interconnect>,
    /// Where the figures come from.
    pub source: Cow<'static, str>,
}

/// A built-in device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preset {
    pub id: &'static str,
    pub name: &'static str,
    pub vendor: &'static str,
    pub peaks: &'static [(Compute, f64)],
    /// Best matrix product measured, FLOP/s.
    pub measured: &'static [(Compute, f64)],
    pub memory_bytes: u64,
    pub bandwidth: f64,
    pub interconnect: Option<Interconnect>,
    pub source: &'static str,
    pub unconfirmed: &'static [&'static str],
}

/// The links of a scale-up domain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interconnect {
    pub name: &'static str,
    /// One direction, all links of the device together.
    pub bytes_per_second: f64,
    /// Devices that reach each other this way.
    pub domain: u32,
}

/// The device that is assumed until the user names another.
pub const DEFAULT_ID: &str = "h100-80gb-sxm";

/// The id of a device that the user described.
pub const CUSTOM_ID: &str = "custom";

/// Short ids for the most common form of a device.
const ALIASES: &[(&str, &str)] = &[
    ("h100", "h100-80gb-sxm"),
    ("h200", "h200-141gb-sxm"),
    ("b200", "b200-180gb-sxm"),
    ("b300", "b300-288gb-sxm"),
    ("gb200", "gb200-186gb"),
    ("a100", "a100-80gb-sxm"),
    ("l40s", "l40s-48gb"),
    ("l4", "l4-24gb"),
    ("a10", "a10-24gb"),
    ("t4", "t4-16gb"),
    ("v100", "v100-sxm2-32gb"),
    ("rtx-3090", "rtx-3090-24gb"),
    ("rtx-4090", "rtx-4090-24gb"),
    ("rtx-5090", "rtx-5090-32gb"),
    ("mi300x", "mi300x-192gb"),
    ("mi325x", "mi325x-256gb"),
    ("mi355x", "mi355x-288gb"),
];

impl Hardware {
    /// Finds a built-in device by its id or a short form of it (`h100`).
    pub fn find(id: &str) -> Option<Self> {
        let id = id.to_ascii_lowercase();
        let id = ALIASES.iter().find(|row| row.0 == id).map_or(id.as_str(), |row| row.1);
        PRESETS.iter().find(|preset| preset.id == id).map(Self::from_preset)
    }

    fn from_preset(preset: &Preset) -> Self {
        Hardware {
            id: Cow::Borrowed(preset.id),
            name: Cow::Borrowed(preset.name),
            vendor: Cow::Borrowed(preset.vendor),
            peaks: Cow::Borrowed(preset.peaks),
            measured: preset.measured,
            memory_bytes: preset.memory_bytes,
            bandwidth: preset.bandwidth,
            interconnect: preset.interconnect,
            source: Cow::Borrowed(preset.source),
        }
    }

    /// The rate for a type, or that of the type the device would use in its stead.
    pub fn peak_for(&self, wanted: Compute) -> (Compute, f64) {
        std::iter::once(&wanted)
            .chain(wanted.fallbacks())
            .find_map(|compute| self.peaks.iter().find(|row| row.0 == *compute))
            .copied()
            .unwrap_or_else(|| self.peaks[0])
    }
}

impl Default for Hardware {
    /// The preset under [`DEFAULT_ID`].
    fn default() -> Self {
        Hardware::from_preset(PRESETS.iter().find(|preset| preset.id == DEFAULT_ID).unwrap_or(&PRESETS[0]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::roofline::ridge;

    #[test]
    fn presets_are_sound() {
        for preset in PRESETS {
            let hardware = Hardware::find(preset.id).unwrap();
            assert!(!hardware.peaks.is_empty(), "{}", preset.id);
            assert!(hardware.peaks.iter().all(|&(_, rate)| rate > 1e11 && rate < 1e18), "{}", preset.id);
            assert!(hardware.bandwidth > 1e10 && hardware.memory_bytes > 1 << 33, "{}", preset.id);
            assert!(!hardware.source.is_empty());
            assert!(preset.measured.iter().all(|&(c, rate)| rate <= hardware.peak_for(c).1));
            assert_eq!(PRESETS.iter().filter(|other| other.id == preset.id).count(), 1);
        }
        for (alias, id) in ALIASES {
            assert_eq!(Hardware::find(alias).unwrap().id, *id);
        }
        assert_eq!(Hardware::default().id, DEFAULT_ID);
        assert_eq!(Hardware::find("abacus"), None);
    }

    #[test]
    fn ridge_points_of_known_devices() {
        for (id, flop_per_byte) in [
            // 989e12 / 3.35e12
            ("h100", 295.0),
            // 312e12 / 2.039e12
            ("a100", 153.0),
            // 1307.4e12 / 5.3e12
            ("mi300x", 247.0),
            // 121e12 / 0.3e12
            ("l4", 403.0),
            // 197e12 / 0.819e12
            ("tpu-v5e", 241.0),
        ] {
            let hardware = Hardware::find(id).unwrap();
            let (compute, peak) = hardware.peak_for(Compute::Bf16);
            assert_eq!(compute, Compute::Bf16);
            assert_eq!(ridge(peak, hardware.bandwidth).0.round(), flop_per_byte, "{id}");
        }
    }

    #[test]
    fn a_missing_type_falls_back_to_one_the_device_has() {
        let v100 = Hardware::find("v100").unwrap();
        assert_eq!(v100.peak_for(Compute::Bf16).0, Compute::Fp16);
        let a100 = Hardware::find("a100").unwrap();
        assert_eq!(a100.peak_for(Compute::Fp8).0, Compute::Bf16);
        assert_eq!(a100.peak_for(Compute::Fp32).0, Compute::Fp32);
        let custom = Hardware::custom("x", 1e12, 1e11, 1e10).unwrap();
        assert_eq!(custom.peak_for(Compute::Fp32), (Compute::Bf16, 1e12));
    }
}
