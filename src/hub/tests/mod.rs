//! The pure part, as tables: what goes in, what comes out.

mod outcome;
mod reference;

use super::*;
