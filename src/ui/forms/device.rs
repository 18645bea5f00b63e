//! The device's fields.

use crate::engine::Hardware;
use crate::engine::hardware::{CUSTOM_ID, Compute, PRESETS};
use crate::engine::quantity::grouped;
use crate::ui::fields::{count, figure};
use crate::ui::subject::complaint;

/// One text field of a device that the user describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceField {
    Name,
    /// TFLOP/s of bf16 products.
    Peak,
    /// GB/s
    Bandwidth,
    /// GiB
    Memory,
    /// TFLOP/s in that type; empty where the device has none of it.
    Fp8,
    Int8,
    Fp4,
    /// GB/s of one direction to the node's other devices; empty where it is not known.
    Link,
    /// Devices of a node.
    Node,
}

/// How many fields there are.
const FIELDS: usize = 9;

/// Which device is chosen, and the fields of a described one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceForm {
    /// A preset's id, or [`CUSTOM_ID`].
    pub id: String,
    texts: [String; FIELDS],
}

/// What is wrong with which field of a described device; `all` where it cannot be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceErrors {
    pub fields: [Option<String>; FIELDS],
    pub all: Option<String>,
}

impl DeviceErrors {
    fn whole(wrong: String) -> Box<Self> {
        Box::new(DeviceErrors { fields: Default::default(), all: Some(wrong) })
    }
}

impl DeviceField {
    /// What every device has.
    pub const NEEDED: [DeviceField; 4] =
        [DeviceField::Name, DeviceField::Peak, DeviceField::Bandwidth, DeviceField::Memory];
    /// What may be left empty.
    pub const FURTHER: [DeviceField; 5] =
        [DeviceField::Fp8, DeviceField::Int8, DeviceField::Fp4, DeviceField::Link, DeviceField::Node];
    /// The types besides bf16 that have a field.
    const TYPES: [(DeviceField, Compute); 3] = [
        (DeviceField::Fp8, Compute::Fp8),
        (DeviceField::Int8, Compute::Int8),
        (DeviceField::Fp4, Compute::Fp4),
    ];
}

impl DeviceForm {
    /// The form that reads as a device.
    pub fn of(hardware: &Hardware) -> Self {
        let other = |compute| match hardware.peaks.iter().find(|row| row.0 == compute) {
            Some((_, peak)) => short(peak / 1e12),
            None => String::new(),
        };
        let link = hardware.interconnect;
        DeviceForm {
            id: hardware.id.to_string(),
            texts: [
                hardware.name.to_string(),
                short(hardware.peak_for(Compute::Bf16).1 / 1e12),
                short(hardware.bandwidth / 1e9),
                short(hardware.memory_bytes as f64 / f64::from(1 << 30)),
                other(Compute::Fp8),
                other(Compute::Int8),
                other(Compute::Fp4),
                link.map(|link| short(link.bytes_per_second / 1e9)).unwrap_or_default(),
                link.map_or(8, |link| link.domain).to_string(),
            ],
        }
    }

    pub fn is_custom(&self) -> bool {
        self.id == CUSTOM_ID
    }

    /// Chooses a device; a described one starts from the figures of `current`.
    pub fn choose(&mut self, id: &str, current: &Hardware) {
        if id == CUSTOM_ID && !self.is_custom() {
            *self = Self::of(current);
            self.set(DeviceField::Name, "My device".to_owned());
        }
        self.id = id.to_owned();
    }

    pub fn text(&self, field: DeviceField) -> &str {
        &self.texts[field as usize]
    }

    pub fn set(&mut self, field: DeviceField, text: String) {
        self.texts[field as usize] = text;
    }

    /// The device the form describes, or what is wrong with which field.
    pub fn read(&self) -> Result<Hardware, Box<DeviceErrors>> {
        let mut errors = DeviceErrors::default();
        if !self.is_custom() {
            return Hardware::find(&self.id)
                .ok_or_else(|| DeviceErrors::whole(format!("There is no built-in device “{}”.", self.id)));
        }
        let mut number = |field: DeviceField, unit: f64| {
            let read = figure(self.text(field)).map(|number| number * unit);
            read.map_err(|error| errors.fields[field as usize] = Some(error)).ok()
        };
        let peak = number(DeviceField::Peak, 1e12);
        let bandwidth = number(DeviceField::Bandwidth, 1e9);
        let memory = number(DeviceField::Memory, f64::from(1 << 30));
        let has = |field: &DeviceField| !self.text(*field).trim().is_empty();
        let types = DeviceField::TYPES.into_iter().filter(|(field, _)| has(field));
        let types: Vec<_> = types.map(|(field, compute)| (compute, number(field, 1e12))).collect();
        let link = has(&DeviceField::Link).then(|| number(DeviceField::Link, 1e9));
        let node = match count(self.text(DeviceField::Node)) {
            Ok(node) => u32::try_from(node).unwrap_or(u32::MAX),
            Err(error) => {
                errors.fields[DeviceField::Node as usize] = Some(error);
                0
            }
        };
        let (Some(peak), Some(bandwidth), Some(memory), true) =
            (peak, bandwidth, memory, errors == DeviceErrors::default())
        else {
            return Err(Box::new(errors));
        };
        let mut device = Hardware::custom(self.text(DeviceField::Name), peak, bandwidth, memory);
        for (compute, peak) in types {
            device = device.and_then(|device| device.with_peak(compute, peak.unwrap_or_default()));
        }
        if let Some(link) = link {
            device = device.and_then(|device| device.with_link(link.unwrap_or_default(), node));
        }
        device.map_err(|error| DeviceErrors::whole(complaint(&error)))
    }
}

impl Default for DeviceForm {
    fn default() -> Self {
        Self::of(&Hardware::default())
    }
}

/// Vendors in the order of the presets, each with its devices.
pub fn devices_by_vendor() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    let mut groups: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for preset in PRESETS {
        match groups.iter_mut().find(|group| group.0 == preset.vendor) {
            Some(group) => group.1.push((preset.id, preset.name)),
            None => groups.push((preset.vendor, vec![(preset.id, preset.name)])),
        }
    }
    groups
}

fn short(value: f64) -> String {
    if value.fract() == 0.0 && value >= 0.0 { grouped(value as u128) } else { format!("{value}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::hardware::DEFAULT_ID;

    #[test]
    fn a_described_device_starts_from_the_one_before() {
        let h100 = Hardware::default();
        let mut form = DeviceForm::default();
        form.choose(CUSTOM_ID, &h100);
        use DeviceField as F;
        let texts = [F::Bandwidth, F::Memory, F::Fp8, F::Fp4, F::Link, F::Node].map(|field| form.text(field));
        assert_eq!(texts, ["3,350", "80", "1,979", "", "450", "8"]);
        let mine = form.read().unwrap();
        assert_eq!((mine.bandwidth, mine.memory_bytes), (h100.bandwidth, h100.memory_bytes));
        assert_eq!(mine.peak_for(Compute::Fp8), h100.peak_for(Compute::Fp8));
        assert_eq!(mine.interconnect.unwrap().bytes_per_second, 450e9);
        assert_eq!(DeviceForm::of(&mine).read(), Ok(mine));
    }

    #[test]
    fn what_is_not_known_is_left_empty_and_what_is_wrong_is_said_beside_it() {
        use DeviceField as F;
        let mut form = DeviceForm::default();
        form.choose(CUSTOM_ID, &Hardware::default());
        for field in [F::Fp8, F::Int8, F::Link] {
            form.set(field, " ".to_owned());
        }
        let plain = form.read().unwrap();
        assert_eq!((plain.peaks.len(), plain.interconnect), (1, None));
        for field in [F::Peak, F::Fp4, F::Link, F::Node] {
            let mut form = form.clone();
            form.set(field, "much".to_owned());
            let errors = form.read().unwrap_err();
            let wrong: Vec<_> = (0..FIELDS).filter(|i| errors.fields[*i].is_some()).collect();
            assert_eq!(wrong, [field as usize]);
        }
        form.set(F::Link, "1".to_owned());
        form.set(F::Node, "0".to_owned());
        assert!(form.read().unwrap_err().all.unwrap().contains("A node has"));
    }

    #[test]
    fn every_device_is_offered_once() {
        let offered: usize = devices_by_vendor().iter().map(|group| group.1.len()).sum();
        assert_eq!(offered, PRESETS.len());
        assert_eq!(DeviceForm::default().id, DEFAULT_ID);
    }
}
