//! The device's fields.

use crate::engine::Hardware;
use crate::engine::hardware::{CUSTOM_ID, Compute, PRESETS};
use crate::engine::quantity::grouped;
use crate::ui::fields::figure;

/// One text field of a device that the user describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceField {
    Name,
    /// TFLOP/s
    Peak,
    /// GB/s
    Bandwidth,
    /// GiB
    Memory,
}

/// Which device is chosen, and the fields of a described one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceForm {
    /// A preset's id, or [`CUSTOM_ID`].
    pub id: String,
    pub name: String,
    pub peak: String,
    pub bandwidth: String,
    pub memory: String,
}

/// What is wrong with which field of a described device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceErrors {
    pub peak: Option<String>,
    pub bandwidth: Option<String>,
    pub memory: Option<String>,
    pub all: Option<String>,
}

impl DeviceForm {
    /// The form that reads as a device.
    pub fn of(hardware: &Hardware) -> Self {
        let (_, peak) = hardware.peak_for(Compute::Bf16);
        DeviceForm {
            id: hardware.id.to_string(),
            name: hardware.name.to_string(),
            peak: short(peak / 1e12),
            bandwidth: short(hardware.bandwidth / 1e9),
            memory: short(hardware.memory_bytes as f64 / f64::from(1 << 30)),
        }
    }

    pub fn is_custom(&self) -> bool {
        self.id == CUSTOM_ID
    }

    /// Chooses a device; a described one starts from the figures of `current`.
    pub fn choose(&mut self, id: &str, current: &Hardware) {
        if id == CUSTOM_ID && !self.is_custom() {
            *self = DeviceForm { name: "My device".to_owned(), ..Self::of(current) };
        }
        self.id = id.to_owned();
    }

    pub fn text(&self, field: DeviceField) -> &str {
        match field {
            DeviceField::Name => &self.name,
            DeviceField::Peak => &self.peak,
            DeviceField::Bandwidth => &self.bandwidth,
            DeviceField::Memory => &self.memory,
        }
    }

    pub fn set(&mut self, field: DeviceField, text: String) {
        *match field {
            DeviceField::Name => &mut self.name,
            DeviceField::Peak => &mut self.peak,
            DeviceField::Bandwidth => &mut self.bandwidth,
            DeviceField::Memory => &mut self.memory,
        } = text;
    }

    /// The device the form describes, or what is wrong with which field.
    pub fn read(&self) -> Result<Hardware, DeviceErrors> {
        if !self.is_custom() {
            return Hardware::find(&self.id).ok_or_else(|| DeviceErrors {
                all: Some(format!("There is no built-in device “{}”.", self.id)),
                ..DeviceErrors::default()
            });
        }
        match (figure(&self.peak), figure(&self.bandwidth), figure(&self.memory)) {
            (Ok(peak), Ok(bandwidth), Ok(memory)) => {
                Hardware::custom(&self.name, peak * 1e12, bandwidth * 1e9, memory * f64::from(1 << 30))
                    .map_err(|error| DeviceErrors { all: Some(error.to_string()), ..DeviceErrors::default() })
            }
            (peak, bandwidth, memory) => Err(DeviceErrors {
                peak: peak.err(),
                bandwidth: bandwidth.err(),
                memory: memory.err(),
                all: None,
            }),
        }
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
        assert_eq!((form.bandwidth.as_str(), form.memory.as_str()), ("3,350", "80"));
        let mine = form.read().unwrap();
        assert_eq!((mine.bandwidth, mine.memory_bytes), (h100.bandwidth, h100.memory_bytes));
        assert_eq!(DeviceForm::of(&mine).read(), Ok(mine));
        form.set(DeviceField::Peak, "much".to_owned());
        let errors = form.read().unwrap_err();
        assert!(errors.peak.is_some() && errors.memory.is_none());
    }

    #[test]
    fn every_device_is_offered_once() {
        let offered: usize = devices_by_vendor().iter().map(|group| group.1.len()).sum();
        assert_eq!(offered, PRESETS.len());
        assert_eq!(DeviceForm::default().id, DEFAULT_ID);
    }
}
