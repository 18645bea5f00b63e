//! What the chart of a sweep shows, before anything is drawn: axes, lines, walls.

use super::axis::Axis;
use crate::engine::serving::Limit;
use crate::engine::serving::sweep::{Change, Curve, Mark, Measure, Point, Row, Setting};

/// A chart of a sweep as data.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveChart {
    /// `meta-llama/Llama-2-7b-hf on h100-80gb-sxm: Time per token`
    pub title: String,
    /// The picture in a sentence or two.
    pub conclusion: String,
    pub x: Axis,
    /// What stands below the axis.
    pub across: &'static str,
    /// The places of an axis without numbers, from 1 on.
    pub names: Vec<String>,
    pub y: Axis,
    pub upwards: &'static str,
    pub lines: Vec<Line>,
    pub walls: Vec<Wall>,
    pub level: Option<Level>,
    /// The indices of the rows that none beats, where the chart is about that.
    pub front: Vec<(f64, f64)>,
}

/// Points of one combination of the settings that are not across.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// `devices 4`; empty where there is one line.
    pub name: String,
    pub dots: Vec<Dot>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dot {
    /// Index into the curve's rows.
    pub row: usize,
    pub x: f64,
    pub y: f64,
    /// Without overlap, where that is another figure.
    pub worse: Option<f64>,
    pub fits: bool,
}

/// Where something changes on the way across.
#[derive(Clone, Debug, PartialEq)]
pub struct Wall {
    pub x: f64,
    pub words: String,
}

/// A height that means something.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    pub y: f64,
    pub words: &'static str,
}

impl CurveChart {
    /// Builds the chart of what a measure says of a curve; none where it says nothing. `ridge` is the
    /// intensity at which the device's roofs meet, in FLOP/B.
    pub fn new(curve: &Curve, measure: Measure, ridge: Option<f64>) -> Option<Self> {
        let tradeoff = measure == Measure::Tradeoff;
        let dot = |at: usize, row: &Row| {
            let point = row.result.as_ref().ok()?;
            let (y, worse) = measure.of(point)?;
            let x = if tradeoff { Measure::Time.of(point)?.0 } else { place(curve, row)? };
            Some(Dot { row: at, x, y, worse, fits: point.fits })
        };
        let mut lines: Vec<Line> = Vec::new();
        let mut last: Option<&[Setting]> = None;
        for (at, row) in curve.rows.iter().enumerate() {
            let rest = row.settings.get(1..).unwrap_or_default();
            if last != Some(rest) {
                let name = |setting: &Setting| format!("{} {setting}", setting.id());
                let name = rest.iter().map(name).collect::<Vec<_>>().join(", ");
                lines.push(Line { name, dots: Vec::new() });
                last = Some(rest);
            }
            if let (Some(line), Some(dot)) = (lines.last_mut(), dot(at, row)) {
                line.dots.push(dot);
            }
        }
        lines.retain(|line| !line.dots.is_empty());
        let dots = || lines.iter().flat_map(|line| &line.dots);
        dots().next()?;
        let level = match measure {
            Measure::Memory => room(curve).map(|y| Level { y, words: "room on the device" }),
            Measure::Intensity => ridge.map(|y| Level { y, words: "ridge point" }),
            _ => None,
        };
        let one = curve.sweeps.len() == 1 && !tradeoff;
        let walls: Vec<Wall> = curve.marks().filter(|_| one).filter_map(wall).collect();
        let heights = dots().flat_map(|dot| [dot.y, dot.worse.unwrap_or(dot.y)]);
        let heights = heights.chain(level.iter().map(|level| level.y));
        let names: Vec<String> = match curve.rows.first().and_then(|row| row.settings.first()) {
            Some(Setting::Weights(_)) if one => {
                curve.rows.iter().filter_map(|row| row.settings.first()).map(ToString::to_string).collect()
            }
            _ => Vec::new(),
        };
        let x = if names.is_empty() {
            // All that is varied, so that one look shows where the figure is known.
            let all = curve.rows.iter().filter_map(|row| place(curve, row));
            let (low, high) = if tradeoff { range(dots().map(|dot| dot.x)) } else { range(all) };
            Axis { low: low / 1.1, high: high * 1.1 }
        } else {
            Axis { low: 0.7, high: names.len() as f64 * 1.2 }
        };
        let (low, high) = range(heights);
        let front = if tradeoff { curve.front.iter() } else { [].iter() };
        let front =
            front.filter_map(|at| dots().find(|dot| dot.row == *at)).map(|dot| (dot.x, dot.y)).collect();
        let model = curve.model.as_deref().unwrap_or("the model");
        let said: Vec<String> = curve.marks().map(Mark::words).collect();
        Some(CurveChart {
            title: format!("{model} on {}: {}", curve.hardware, measure.words()),
            conclusion: format!("{} by {}. {}", measure.axis(), curve.sweeps[0].words(), said.join("; ")),
            x,
            across: if tradeoff { Measure::Time.axis() } else { curve.sweeps[0].words() },
            names,
            y: Axis { low: low / 1.2, high: high * 1.3 },
            upwards: measure.axis(),
            lines,
            walls,
            level,
            front,
        })
    }
}

/// Where a row is across: its number, of which a logarithmic axis cannot show zero, or its place in the list.
fn place(curve: &Curve, row: &Row) -> Option<f64> {
    match row.settings.first()? {
        Setting::Number(_, number) => Some((*number).max(1) as f64),
        setting => {
            let same = |other: &Row| other.settings.first() == Some(setting);
            curve.rows.iter().position(same).map(|at| (at + 1) as f64)
        }
    }
}

/// What a device has room for, in GiB.
fn room(curve: &Curve) -> Option<f64> {
    let room = |point: &Point| point.memory.room.0 as f64 / 1_073_741_824.0;
    curve.rows.iter().find_map(|row| row.result.as_ref().ok()).map(room)
}

fn wall(mark: &Mark) -> Option<Wall> {
    let (Setting::Number(_, before), Setting::Number(_, after)) = (mark.before.first()?, mark.after.first()?)
    else {
        return None;
    };
    let words = match mark.change {
        Change::Limit { to: Limit::Compute, .. } => format!("compute-bound from {after}"),
        Change::Limit { to, .. } => format!("{} from {after}", to.words()),
        Change::Outgrown => format!("fits up to {before}"),
        Change::Fitted => format!("fits from {after}"),
    };
    Some(Wall { x: ((*before).max(1) as f64 * *after as f64).sqrt(), words })
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values
        .filter(|value| *value > 0.0)
        .fold((f64::INFINITY, 0.0), |(low, high), value| (low.min(value), high.max(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::hardware::Hardware;
    use crate::engine::serving::sweep::{Case, read};
    use crate::engine::serving::{Deployment, Serving};
    use crate::engine::workload::Workload;
    use crate::engine::{Model, catalog};
    use crate::plot::{LIGHT, Picture, picture_svg};
    use std::rc::Rc;

    fn sweep(id: &str, text: &str) -> Curve {
        let model: Model = catalog::find(id).unwrap().model().unwrap();
        let deployment =
            Deployment { hardware: Hardware::find("h100-80gb-sxm").unwrap(), serving: Serving::default() };
        let workload = Workload::default();
        Curve::of(&Case::new(&model, &workload, &deployment), &read(text).unwrap()).unwrap()
    }

    #[test]
    fn a_wall_stands_between_what_fits_and_what_does_not() {
        let curve = sweep("meta-llama/Llama-3.1-8B", "batch=1..1024");
        let chart = CurveChart::new(&curve, Measure::Time, None).unwrap();
        let dots = &chart.lines[0].dots;
        let [wall] = &chart.walls[..] else { panic!("{:?}", chart.walls) };
        let last = dots.last().unwrap();
        assert!(last.fits && last.x < wall.x && wall.words.starts_with("fits up to "), "{wall:?}");
        // Memory is known on both sides of it, and reaches the room there.
        let memory = CurveChart::new(&curve, Measure::Memory, None).unwrap();
        assert_eq!(memory.lines[0].dots.len(), 11);
        let room = memory.level.unwrap().y;
        assert!(memory.lines[0].dots.iter().all(|dot| dot.fits == (dot.y <= room)));
        assert!(chart.x.low < 1.0 && chart.x.high > 1024.0 && chart.x == memory.x);
    }

    #[test]
    fn each_further_setting_is_a_line_and_the_front_is_on_dots() {
        let curve = sweep("meta-llama/Llama-3.1-8B", "batch=1..64 devices=1..4");
        let chart = CurveChart::new(&curve, Measure::Tradeoff, None).unwrap();
        let names: Vec<&str> = chart.lines.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names, ["devices 1", "devices 2", "devices 4"]);
        assert!(chart.walls.is_empty());
        assert!(chart.front.len() > 2);
        let on = |place: &(f64, f64)| {
            chart.lines.iter().flat_map(|line| &line.dots).any(|dot| (dot.x, dot.y) == *place)
        };
        assert!(chart.front.iter().all(on));
    }

    #[test]
    fn formats_stand_in_their_order() {
        let curve = sweep("meta-llama/Llama-3.1-8B", "weights=auto,fp8,q4_k_m");
        let chart = CurveChart::new(&curve, Measure::Memory, None).unwrap();
        assert_eq!(chart.names, ["auto", "fp8", "q4_k_m"]);
        let heights: Vec<f64> = chart.lines[0].dots.iter().map(|dot| dot.y).collect();
        assert!(heights.is_sorted_by(|a, b| a > b), "{heights:?}");
    }

    #[test]
    fn nothing_known_is_no_chart() {
        // 70B parameters of two bytes are more than 80 GB, whatever the batch.
        let curve = sweep("meta-llama/Llama-3.1-70B", "batch=1..8");
        assert_eq!(CurveChart::new(&curve, Measure::Time, None), None);
        assert!(CurveChart::new(&curve, Measure::Memory, None).is_some());
    }

    #[test]
    fn every_measure_makes_a_document() {
        let curve = sweep("deepseek-ai/DeepSeek-V3", "batch=1..16 devices=1..32");
        for measure in Measure::ALL {
            let Some(chart) = CurveChart::new(&curve, measure, Some(295.0)) else { continue };
            let svg = picture_svg(&Picture::Curve(Rc::new(chart)), &LIGHT, (800, 500));
            let document = roxmltree::Document::parse(&svg).unwrap();
            let words: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
            assert!(words.iter().any(|text| text.contains(measure.axis())), "{measure:?}");
        }
    }
}
