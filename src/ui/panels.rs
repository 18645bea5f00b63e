//! The parts of the page: what (model), how (workload, device, accounting), so (the answer).

mod accounting;
mod answer;
mod chart;
mod compare;
mod details;
mod device;
mod guide;
mod header;
mod headlines;
mod hub;
mod model;
mod notes;
mod otherwise;
mod overlay;
mod parameters;
mod reads;
mod scenario_table;
mod scenarios;
mod serving;
mod storage;
mod structure;
mod sweep;
mod table;
mod takeaway;
mod workload;
mod wrong_number;

pub use accounting::AccountingPanel;
pub use answer::{answer, answer_bar, embedded};
pub use device::DevicePanel;
pub use header::{ANSWER, Footer, header};
pub use model::ModelPanel;
pub use overlay::{CopyByHand, drop_overlay, toast_line, warnings};
pub use takeaway::copy_link;
pub use workload::WorkloadPanel;
pub use wrong_number::WrongNumber;
