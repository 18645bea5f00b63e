//! The page. [`state`] is all it knows and says what an action does to it; the rest draws it.

pub mod fields;
pub mod forms;
pub mod link;
pub mod state;
pub mod subject;
pub mod table;
pub mod words;
