//! All points of some sweeps, their marks and their front.

use super::{Case, Mark, Point, Setting, Sweep, as_map, between, front, rows};
use crate::engine::error::Error;
use serde::{Serialize, Serializer};

/// What some sweeps come to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    pub model: Option<String>,
    /// The device's id.
    pub hardware: String,
    pub sweeps: Vec<Sweep>,
    pub rows: Vec<Row>,
    /// In the order of the rows; along the first sweep only.
    pub marks: Vec<Mark>,
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

impl Curve {
    /// Goes through all settings of some sweeps.
    ///
    /// # Errors
    /// As [`rows`]. What a single setting is refused for stands in its row.
    pub fn of(case: &Case<'_>, sweeps: &[Sweep]) -> Result<Self, Error> {
        let rows: Vec<Row> = rows(sweeps)?
            .into_iter()
            .map(|settings| {
                let result = case.with(&settings).and_then(|case| case.point());
                Row { settings, result }
            })
            .collect();
        let points = || rows.iter().map(|row| row.result.as_ref().ok());
        let front = front(points());
        let placed: Vec<(&[Setting], &Point)> =
            rows.iter().filter_map(|row| Some((&row.settings[..], row.result.as_ref().ok()?))).collect();
        let marks = placed
            .windows(2)
            .filter(|pair| pair[0].0[1..] == pair[1].0[1..])
            .flat_map(|pair| between(case, pair[0], pair[1]))
            .collect();
        Ok(Curve {
            model: case.model.name.clone(),
            hardware: case.deployment.hardware.id.to_string(),
            sweeps: sweeps.to_vec(),
            marks,
            front,
            rows,
        })
    }
}
