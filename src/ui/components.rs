//! Small parts that know nothing of the state.

mod bar;
mod canvas;
mod combobox;
mod field;
mod figure;
mod segmented;
mod tip;

pub use bar::{Bar, Stack};
pub use canvas::{Canvas, png};
pub use combobox::{Choice, Combobox};
pub use field::Field;
pub use figure::FigureCell;
pub use segmented::Segmented;
pub use tip::Tip;
