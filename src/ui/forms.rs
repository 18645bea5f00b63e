//! The forms as typed, and what they mean when they mean something.

mod device;
mod serving;
mod workload;

pub use device::{DeviceErrors, DeviceField, DeviceForm, devices_by_vendor};
pub use serving::{ServingErrors, ServingField, ServingForm};
pub use workload::{LoadErrors, LoadField, Mode, Phase, WorkloadForm};
