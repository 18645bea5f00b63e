//! Scenarios side by side: the figures of several reports, and what each is to that of the first.

use super::quantity::{Bytes, Flops, Intensity, Seconds, plain};
use super::report::{Report, Row};
use super::serving::Plan;
use std::sync::Arc;

/// What one scenario comes to, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Side<'a> {
    pub report: Option<&'a Report>,
    pub plan: Option<&'a Plan>,
}

/// Figures of several scenarios, a column each. Ratios are to the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineup {
    pub parts: Vec<Part>,
}

/// Lines about one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub topic: Topic,
    pub lines: Vec<Line>,
}

/// What a part is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Step,
    /// Layer by layer, over all blocks.
    Time,
    Compute,
}

/// One figure of every scenario; none where a scenario has no such figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub name: &'static str,
    /// The kind of blocks, where layers of one name are told apart by it.
    pub group: Option<Arc<str>>,
    pub figures: Vec<Option<Figure>>,
}

/// A quantity with its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    Time(Seconds),
    /// Tokens per second.
    Rate(f64),
    Intensity(Intensity),
    Bytes(Bytes),
    Flops(Flops),
}

impl Topic {
    pub fn words(self) -> &'static str {
        match self {
            Topic::Step => "The step",
            Topic::Time => "Least time of each layer, all blocks",
            Topic::Compute => "Compute of each layer, all blocks",
        }
    }

    /// The name for programs.
    pub fn key(self) -> &'static str {
        match self {
            Topic::Step => "step",
            Topic::Time => "layer_time",
            Topic::Compute => "layer_compute",
        }
    }
}

impl Figure {
    /// Three significant digits and a unit.
    pub fn human(self) -> String {
        match self {
            Figure::Time(time) => time.human(),
            Figure::Rate(rate) => plain(rate),
            Figure::Intensity(intensity) => intensity.human(),
            Figure::Bytes(bytes) => bytes.human(),
            Figure::Flops(flops) => flops.human(),
        }
    }

    /// Every digit and no unit.
    pub fn raw(self) -> String {
        match self {
            Figure::Bytes(Bytes(count)) | Figure::Flops(Flops(count)) => count.to_string(),
            Figure::Time(_) | Figure::Rate(_) | Figure::Intensity(_) => self.value().to_string(),
        }
    }

    /// What a raw figure counts.
    pub fn unit(self) -> &'static str {
        match self {
            Figure::Time(_) => "s",
            Figure::Rate(_) => "tokens/s",
            Figure::Intensity(_) => "FLOP/B",
            Figure::Bytes(_) => "B",
            Figure::Flops(_) => "FLOP",
        }
    }

    fn value(self) -> f64 {
        match self {
            Figure::Time(Seconds(value)) | Figure::Rate(value) | Figure::Intensity(Intensity(value)) => value,
            Figure::Bytes(Bytes(count)) | Figure::Flops(Flops(count)) => count as f64,
        }
    }
}

impl Line {
    /// Its name, with the kind of blocks behind it where that matters.
    pub fn title(&self) -> String {
        match &self.group {
            Some(group) => format!("{}, {group}", self.name),
            None => self.name.to_owned(),
        }
    }

    /// The figure of a scenario over that of the first; none where either is missing or the first is zero.
    pub fn ratio(&self, side: usize) -> Option<f64> {
        let of = |side: usize| self.figures.get(side).copied().flatten().map(Figure::value);
        let first = of(0).filter(|first| *first > 0.0)?;
        of(side).map(|value| value / first)
    }
}

/// Sets scenarios side by side.
///
/// Layers are the same where their names and kinds of blocks are; where the scenarios do not have the same
/// kinds of blocks, where their names are, and figures are summed over all kinds.
pub fn lineup(sides: &[Side<'_>]) -> Lineup {
    let lines = HEADLINES.iter().map(|(name, of)| Line {
        name,
        group: None,
        figures: sides.iter().map(|side| of(side)).collect(),
    });
    let step = Part { topic: Topic::Step, lines: lines.collect() };
    let layers = layers(sides);
    let part = |topic, of: fn(&Side<'_>, &[usize]) -> Option<Figure>| {
        let line = |(name, group, rows): &(&'static str, Option<Arc<str>>, Vec<Vec<usize>>)| Line {
            name,
            group: group.clone(),
            figures: sides.iter().zip(rows).map(|(side, rows)| of(side, rows)).collect(),
        };
        Part { topic, lines: layers.iter().map(line).collect() }
    };
    Lineup { parts: vec![step, part(Topic::Time, time), part(Topic::Compute, compute)] }
}

/// What scenarios are called: `A` is the page's own, `B` the first that is compared with it.
pub fn letter(place: usize) -> char {
    char::from(b'A'.saturating_add(u8::try_from(place).unwrap_or(u8::MAX)))
}

type Read = fn(&Side<'_>) -> Option<Figure>;

/// The figures of a step, in the order of the headlines.
const HEADLINES: &[(&str, Read)] = &[
    ("Time of the step", |side| Some(Figure::Time(side.report?.roofline.as_ref()?.seconds))),
    ("New tokens per second", |side| side.report?.roofline.as_ref()?.tokens_per_second.map(Figure::Rate)),
    ("Time per output token", |side| {
        let generation = side.plan?.generation?;
        generation.time_per_output_token.map(|time| Figure::Time(time.ideal))
    }),
    ("Intensity", |side| side.report?.total.intensity.map(Figure::Intensity)),
    ("Compute", |side| Some(Figure::Flops(side.report?.total.flops))),
    ("Traffic", |side| Some(side.report?.total.bytes()).filter(|bytes| bytes.0 > 0).map(Figure::Bytes)),
    ("Memory", |side| Some(Figure::Bytes(side.report?.storage_total_bytes))),
    ("Weights", |side| stored(side, "Weights")),
    ("KV cache", |side| stored(side, "KV-cache")),
];

fn stored(side: &Side<'_>, name: &str) -> Option<Figure> {
    side.report?.storage.iter().find(|item| item.name == name).map(|item| Figure::Bytes(item.bytes))
}

/// A layer of any scenario: its name, its kind of blocks where that matters, and its rows in each report.
type Matched = (&'static str, Option<Arc<str>>, Vec<Vec<usize>>);

/// Every layer of any scenario, in execution order of the first that has it.
fn layers(sides: &[Side<'_>]) -> Vec<Matched> {
    let kinds = |report: &Report| {
        let mut kinds: Vec<Arc<str>> = report.layers.iter().map(|row| row.group.clone()).collect();
        kinds.dedup();
        kinds
    };
    let mut known = sides.iter().filter_map(|side| side.report).map(kinds);
    let first = known.next().unwrap_or_default();
    let by_kind = known.all(|other| other == first);
    let several =
        |report: &Report, row: &Row| report.layers.iter().filter(|r| r.name == row.name).count() > 1;
    let mut found: Vec<Matched> = Vec::new();
    for (at, side) in sides.iter().enumerate() {
        let Some(report) = side.report else { continue };
        // Where a new layer goes: behind the one that comes before it in its own report.
        let mut behind = 0;
        for (i, row) in report.layers.iter().enumerate() {
            let group = (by_kind && several(report, row)).then(|| row.group.clone());
            let same = found.iter().position(|(name, of, _)| *name == row.name && *of == group);
            let place = same.unwrap_or_else(|| {
                found.insert(behind, (row.name, group, vec![Vec::new(); sides.len()]));
                behind
            });
            found[place].2[at].push(i);
            behind = place + 1;
        }
    }
    found
}

fn time(side: &Side<'_>, rows: &[usize]) -> Option<Figure> {
    let report = side.report?;
    let placed = report.roofline.as_ref()?;
    let of = |i: &usize| Some(report.layers.get(*i)?.blocks as f64 * placed.layers.get(*i)?.seconds.0);
    let times: Option<Vec<f64>> = rows.iter().map(of).collect();
    times.filter(|times| !times.is_empty()).map(|times| Figure::Time(Seconds(times.iter().sum())))
}

fn compute(side: &Side<'_>, rows: &[usize]) -> Option<Figure> {
    let layers = &side.report?.layers;
    // No more than the report's total, which did not overflow.
    let of = |i: &usize| layers.get(*i).map(|row| row.flops.0 * u128::from(row.blocks));
    let flops: Option<Vec<u128>> = rows.iter().map(of).collect();
    flops.filter(|flops| !flops.is_empty()).map(|flops| Figure::Flops(Flops(flops.iter().sum())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::serving::{Deployment, Serving, plan};
    use crate::engine::{Accounting, Hardware, Workload, analyze, catalog};

    fn report(id: &str, device: &str, workload: &Workload) -> Report {
        let model = catalog::find(id).unwrap().model().unwrap();
        analyze(&model, workload, &Accounting::DOCUMENT, Hardware::find(device).as_ref()).unwrap()
    }

    fn line<'a>(lineup: &'a Lineup, topic: Topic, name: &str) -> &'a Line {
        let part = lineup.parts.iter().find(|part| part.topic == topic).unwrap();
        part.lines.iter().find(|line| line.name == name).unwrap()
    }

    fn of(reports: &[&Report]) -> Lineup {
        lineup(&reports.iter().map(|report| Side { report: Some(report), plan: None }).collect::<Vec<_>>())
    }

    const LLAMA: &str = "meta-llama/Llama-2-7b-hf";

    #[test]
    fn a_faster_memory_shortens_a_decode_step_by_its_factor() {
        let workload = Workload::default();
        let (h100, h200) = (report(LLAMA, "h100", &workload), report(LLAMA, "h200", &workload));
        let lineup = of(&[&h100, &h200]);
        // Memory-bound throughout, so times are as 3.35 TB/s to 4.8 TB/s.
        let close = |ratio: Option<f64>, wanted: f64| (ratio.unwrap() / wanted - 1.0).abs() < 1e-9;
        assert!(close(line(&lineup, Topic::Step, "Time of the step").ratio(1), 3.35 / 4.8));
        assert!(close(line(&lineup, Topic::Step, "New tokens per second").ratio(1), 4.8 / 3.35));
        assert!(close(line(&lineup, Topic::Time, "Attn - SDPA").ratio(1), 3.35 / 4.8));
        for topic in [Topic::Compute, Topic::Step] {
            let same = lineup.parts.iter().find(|part| part.topic == topic).unwrap();
            let same = same
                .lines
                .iter()
                .filter(|line| !["Time of the step", "New tokens per second"].contains(&line.name));
            assert!(same.clone().all(|line| line.figures[0] == line.figures[1]));
        }
    }

    #[test]
    fn the_layers_add_up_to_the_step() {
        let workload = Workload::uniform(100, 7, 3).unwrap();
        let ids = [LLAMA, "google/gemma-3-27b-it", "Qwen/Qwen3-30B-A3B"];
        let reports: Vec<Report> = ids
            .iter()
            .filter(|id| catalog::find(id).is_some())
            .map(|id| report(id, "h100", &workload))
            .collect();
        assert!(reports.len() >= 2);
        let lineup = of(&reports.iter().collect::<Vec<_>>());
        for (i, report) in reports.iter().enumerate() {
            let sum = |topic: Topic| -> f64 {
                let part = lineup.parts.iter().find(|part| part.topic == topic).unwrap();
                part.lines.iter().filter_map(|line| line.figures[i]).map(Figure::value).sum()
            };
            let (time, flops) = (report.roofline.as_ref().unwrap().seconds.0, report.total.flops.0 as f64);
            assert!((sum(Topic::Time) / time - 1.0).abs() < 1e-9);
            assert!((sum(Topic::Compute) / flops - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn layers_that_only_one_model_has_stand_where_they_run() {
        let workload = Workload::default();
        let dense = report(LLAMA, "h100", &workload);
        let sparse = report("mistralai/Mixtral-8x7B-v0.1", "h100", &workload);
        let lineup = of(&[&dense, &sparse]);
        let names: Vec<&str> = lineup.parts[1].lines.iter().map(|line| line.name).collect();
        let router = lineup.parts[1].lines.iter().find(|line| line.name.contains("Router")).unwrap();
        assert_eq!(router.figures[0], None);
        assert!(router.figures[1].is_some() && router.ratio(1).is_none());
        let at = |name: &str| names.iter().position(|n| *n == name).unwrap();
        assert!(at("Attn - SDPA") < at(router.name), "{names:?}");
        assert!(line(&lineup, Topic::Time, "Attn - SDPA").figures.iter().all(Option::is_some));
        // Each layer of each report is in exactly one line.
        let of_side =
            |i: usize| lineup.parts[1].lines.iter().filter(|line| line.figures[i].is_some()).count();
        assert_eq!((of_side(0), of_side(1)), (dense.layers.len(), sparse.layers.len()));
    }

    #[test]
    fn kinds_of_blocks_are_told_apart_where_all_have_the_same() {
        let workload = Workload::uniform(2000, 1, 1).unwrap();
        let gemma = |device| report("google/gemma-3-27b-it", device, &workload);
        let (h100, h200, llama) = (gemma("h100"), gemma("h200"), report(LLAMA, "h100", &workload));
        let titles = |lineup: &Lineup| lineup.parts[1].lines.iter().map(Line::title).collect::<Vec<_>>();
        // Each layer in windows and in full attention, but for what is in one kind of group alone.
        let both = of(&[&h100, &h200]);
        assert_eq!(titles(&both).len(), h100.layers.len());
        for title in ["Attn - SDPA, sliding attention 1,024 · dense", "Attn - SDPA, full attention · dense"]
        {
            assert_eq!(titles(&both).iter().filter(|one| *one == title).count(), 1, "{title}");
        }
        assert!(both.parts[1].lines.iter().all(|line| line.figures.iter().all(Option::is_some)));
        // Beside a model of one kind, all kinds are one line.
        let mixed = of(&[&h100, &llama]);
        assert_eq!(titles(&mixed).iter().filter(|one| *one == "Attn - SDPA").count(), 1);
        assert!(titles(&mixed).iter().all(|title| !title.contains(',')));
        // And a model of one kind has nothing to tell apart.
        assert!(titles(&of(&[&llama, &llama])).iter().all(|title| !title.contains(',')));
    }

    #[test]
    fn what_is_stored_has_a_line_each() {
        let llama = report(LLAMA, "h100", &Workload::uniform(1024, 1, 1).unwrap());
        let lineup = of(&[&llama]);
        for (name, item) in [("Weights", 0), ("KV cache", 1)] {
            let bytes = llama.storage[item].bytes;
            assert_eq!(line(&lineup, Topic::Step, name).figures, [Some(Figure::Bytes(bytes))]);
        }
        assert!(line(&lineup, Topic::Step, "Traffic").figures[0].is_some());
        // Where no bytes are counted, none move.
        let model = catalog::find(LLAMA).unwrap().model().unwrap();
        let torch = analyze(&model, &Workload::default(), &Accounting::TORCH, None).unwrap();
        assert_eq!(line(&of(&[&torch]), Topic::Step, "Traffic").figures, [None]);
    }

    #[test]
    fn figures_have_digits_and_units() {
        for (figure, human, raw, unit) in [
            (Figure::Time(Seconds(0.0015)), "1.50 ms", "0.0015", "s"),
            (Figure::Rate(248.25), "248", "248.25", "tokens/s"),
            (Figure::Intensity(Intensity(0.5)), "0.500 FLOP/B", "0.5", "FLOP/B"),
            (Figure::Bytes(Bytes(1536)), "1.50 KiB", "1536", "B"),
            (Figure::Flops(Flops(1500)), "1.50 kFLOP", "1500", "FLOP"),
        ] {
            assert_eq!((&*figure.human(), &*figure.raw(), figure.unit()), (human, raw, unit));
        }
        let zero = |figures: [f64; 2]| Line {
            name: "",
            group: None,
            figures: figures.map(|rate| Some(Figure::Rate(rate))).to_vec(),
        };
        assert_eq!((zero([0.0, 1.0]).ratio(1), zero([4.0, 1.0]).ratio(1)), (None, Some(0.25)));
    }

    #[test]
    fn what_is_not_known_is_a_dash() {
        let workload = Workload::default();
        let known = report(LLAMA, "h100", &workload);
        let lineup = lineup(&[Side { report: Some(&known), plan: None }, Side::default()]);
        for line in lineup.parts.iter().flat_map(|part| &part.lines) {
            assert_eq!((line.figures[1], line.ratio(1)), (None, None));
        }
        assert_eq!(line(&lineup, Topic::Step, "Time per output token").figures[0], None);
        assert_eq!(super::lineup(&[]).parts[1].lines, []);
    }

    #[test]
    fn the_time_per_output_token_is_the_plans() {
        let model = catalog::find(LLAMA).unwrap().model().unwrap();
        let deployment = Deployment { hardware: Hardware::default(), serving: Serving::default() };
        let plan = plan(&model, &Workload::default(), &deployment).unwrap();
        let lineup = lineup(&[Side { report: None, plan: Some(&plan) }]);
        let said = line(&lineup, Topic::Step, "Time per output token").figures[0];
        let wanted = plan.generation.unwrap().time_per_output_token.unwrap().ideal;
        assert_eq!(said, Some(Figure::Time(wanted)));
    }
}
