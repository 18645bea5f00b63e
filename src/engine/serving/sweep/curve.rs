//! All points of some sweeps, their marks and their front.

use super::{Case, Mark, Point, Setting, Sweep, as_map, between, front, rows};
use crate::engine::error::Error;
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// What some sweeps come to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    pub model: Option<Arc<str>>,
    /// The device's id.
    pub hardware: String,
    pub sweeps: Vec<Sweep>,
    pub rows: Vec<Row>,
    /// The rows on the front of throughput per device against time per output token, by index, the shortest
    /// time first.
    pub front: Vec<usize>,
}

/// One combination of settings, and what it comes to or why it cannot be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    #[serde(serialize_with = "as_map")]
    pub settings: Vec<Setting>,
    #[serde(flatten, serialize_with = "point_or_reason")]
    pub result: Result<Point, Error>,
    /// What changes between the row before that has a point and this one, where they differ in the first
    /// setting only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Mark>,
}

fn point_or_reason<S: Serializer>(result: &Result<Point, Error>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Shown<'a> {
        Point(&'a Point),
        Refused(String),
    }
    match result {
        Ok(point) => Shown::Point(point),
        Err(error) => Shown::Refused(error.to_string()),
    }
    .serialize(serializer)
}

impl Row {
    /// What a case comes to with some settings, after the rows before: one of [`rows`] at a time.
    pub fn of(case: &Case<'_>, settings: Vec<Setting>, before: &[Row]) -> Self {
        let result = case.with(&settings).and_then(|case| case.point());
        let last = before.iter().rev().find_map(|row| Some((&row.settings, row.result.as_ref().ok()?)));
        let changes = match (last, &result) {
            (Some((other, last)), Ok(point)) if other.get(1..) == settings.get(1..) => {
                between(case, (other, last), (&settings, point))
            }
            _ => Vec::new(),
        };
        Row { settings, result, changes }
    }
}

impl Curve {
    /// Goes through all settings of some sweeps.
    ///
    /// # Errors
    /// As [`rows`]. What a single setting is refused for stands in its row.
    pub fn of(case: &Case<'_>, sweeps: &[Sweep]) -> Result<Self, Error> {
        let mut done = Vec::new();
        for settings in rows(sweeps)? {
            done.push(Row::of(case, settings, &done));
        }
        Ok(Curve::new(case, sweeps, done))
    }

    /// The curve of rows that are there already.
    pub fn new(case: &Case<'_>, sweeps: &[Sweep], rows: Vec<Row>) -> Self {
        Curve {
            model: case.model.name.clone(),
            hardware: case.deployment.hardware.id.to_string(),
            sweeps: sweeps.to_vec(),
            front: front(rows.iter().map(|row| row.result.as_ref().ok())),
            rows,
        }
    }

    /// All changes, in the order of the rows.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        self.rows.iter().flat_map(|row| &row.changes)
    }
}
