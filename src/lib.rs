//! The analysis engine and its faces.
