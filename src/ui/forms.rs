//! The forms as typed, and what they mean when they mean something.

mod device;
mod workload;

pub use device::{DeviceErrors, DeviceField, DeviceForm, devices_by_vendor};
pub use workload::{LoadErrors, LoadField, Mode, Phase, WorkloadForm};
