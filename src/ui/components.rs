//! Small parts that know nothing of the state.

mod bar;
mod canvas;
mod combobox;
mod field;
mod figure;
mod fold;
mod segmented;
mod select;
mod term;
mod tip;

pub use bar::{bar, stack};
pub use canvas::{Canvas, png};
pub use combobox::{Choice, Choices, Combobox};
pub use field::{Field, field};
pub use figure::figure;
pub use fold::fold;
pub use segmented::segmented;
pub use select::{Options, select};
pub use term::{further_terms, terms};
pub use tip::Tip;
