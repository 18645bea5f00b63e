//! What only a browser can show. How to add one: the `browser` crate's documentation.

mod accessible;
mod chart;
mod embed;
mod extremes;
mod first_view;
mod guide;
mod harness;
mod hostile;
mod hub;
mod inputs;
mod links;
mod look;
mod manners;
mod model;
mod offline;
mod package;
mod scenarios;
mod serving;
mod stand_in;
mod start;
mod sweep;
mod takeaway;
mod waiting;
mod wrong_number;

#[path = "../../fuzz/damage.rs"]
mod damage;
#[path = "../../fuzz/link_text.rs"]
mod link_text;
