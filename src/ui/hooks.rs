//! One hook for each thing that a browser tells the page, released when its part goes.

mod address;
mod announce;
mod curve;
mod drop_file;
mod fetch;
mod focus;
mod frame;
mod in_view;
mod keys;
mod plan;
mod report;
mod size;
mod theme;
mod timer;

pub use address::{opened, use_address};
pub use announce::use_settled;
pub use curve::{Varied, use_curve};
pub use drop_file::use_drop_file;
pub use fetch::use_fetch;
pub use focus::use_focus_return;
pub use frame::Frame;
pub use in_view::use_in_view;
pub use keys::{MODEL_BOX, use_keys};
pub use plan::{Planned, use_plan};
pub use report::use_report;
pub use size::{use_pixel_ratio, use_size};
pub use theme::{Theme, use_theme};
pub use timer::use_toast_timer;
