//! Where a curve changes its nature: what bounds the step, and whether it fits.

use super::{Case, Point, Setting, as_map};
use crate::engine::serving::Limit;
use serde::Serialize;

/// A change between two settings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mark {
    pub change: Change,
    /// The last setting known to be as before.
    #[serde(serialize_with = "as_map")]
    pub before: Vec<Setting>,
    /// The first known to be changed.
    #[serde(serialize_with = "as_map")]
    pub after: Vec<Setting>,
    /// Whether no setting lies between the two; else the change is somewhere between them.
    pub exact: bool,
}

/// What changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// What most of the step's bound is spent on. From memory to compute this is the ridge.
    Limit { from: Limit, to: Limit },
    /// The memory's wall: it does not fit any more.
    Outgrown,
    /// It fits from here on.
    Fitted,
}

impl Mark {
    /// `memory-bound up to batch 335, compute-bound from 336`
    pub fn words(&self) -> String {
        let (old, new) = match self.change {
            Change::Limit { from, to } => (from.words(), to.words()),
            Change::Outgrown => ("fits", "does not fit"),
            Change::Fitted => ("does not fit", "fits"),
        };
        let at = |settings: &[Setting]| {
            let named = settings.iter().map(|setting| format!("{} {setting}", setting.id()));
            named.collect::<Vec<_>>().join(", ")
        };
        let (before, after) = (at(&self.before), at(&self.after));
        if self.exact {
            format!("{old} up to {before}, {new} from {after}")
        } else {
            format!("{old} at {before}, {new} at {after}")
        }
    }
}

/// The changes between two points whose settings differ in the first one only.
///
/// Where that is a number, the change is looked for between the two by halving. What is found has its
/// neighbour on the other side, so it is a change whatever lies between; that it is the only one is certain
/// for what fits, since memory never shrinks as batch, context or input grow.
pub fn between(case: &Case<'_>, before: (&[Setting], &Point), after: (&[Setting], &Point)) -> Vec<Mark> {
    let (first, last) = (before.1, after.1);
    let mut marks = Vec::new();
    if first.limit != last.limit {
        let (place, found) = pin(case, before, after, |point| point.limit == first.limit);
        marks.push(place.mark(Change::Limit { from: first.limit, to: found.limit }));
    }
    if first.fits != last.fits {
        let (place, _) = pin(case, before, after, |point| point.fits == first.fits);
        marks.push(place.mark(if first.fits { Change::Outgrown } else { Change::Fitted }));
    }
    marks
}

/// Between which settings something changes.
struct Place {
    before: Vec<Setting>,
    after: Vec<Setting>,
    exact: bool,
}

impl Place {
    fn mark(self, change: Change) -> Mark {
        Mark { change, before: self.before, after: self.after, exact: self.exact }
    }
}

/// The place of a change, and the point behind it.
fn pin(
    case: &Case<'_>,
    before: (&[Setting], &Point),
    after: (&[Setting], &Point),
    same: impl Fn(&Point) -> bool,
) -> (Place, Point) {
    let mut place = Place { before: before.0.to_vec(), after: after.0.to_vec(), exact: false };
    let mut found = *after.1;
    while let ([Setting::Number(what, low), ..], [Setting::Number(_, high), ..]) =
        (&place.before[..], &place.after[..])
    {
        let (what, low, high) = (*what, *low, *high);
        if high.saturating_sub(low) <= 1 {
            place.exact = true;
            break;
        }
        let mut middle = place.before.clone();
        middle[0] = Setting::Number(what, low + (high - low) / 2);
        match case.with(&middle).and_then(|case| case.point()) {
            Ok(point) if same(&point) => place.before = middle,
            Ok(point) => {
                place.after = middle;
                found = point;
            }
            // A degree that does not divide says nothing of those beside it.
            Err(_) => break,
        }
    }
    (place, found)
}
