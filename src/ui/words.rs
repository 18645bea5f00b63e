//! The answer in words: what the headlines say, read off a report.

pub mod guide;
pub mod scenarios;
pub mod serving;

use crate::engine::quantity::{grouped, percent, plain, si};
use crate::engine::report::Item;
use crate::engine::roofline::Assessment;
use crate::engine::{Bytes, Report, Workload};

/// One figure with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    pub label: &'static str,
    pub value: String,
    /// The exact value, for a tooltip.
    pub exact: String,
    /// What to read the figure against.
    pub note: String,
    pub alarming: bool,
}

/// What most people came for: how long, how fast, why, and whether it fits.
pub fn verdicts(report: &Report) -> Vec<Headline> {
    let Some(roofline) = &report.roofline else { return Vec::new() };
    let seconds = roofline.seconds;
    let counted = report.total.bytes().0 > 0;
    let time = Headline {
        label: "Time of this step",
        value: format!("≥ {}", seconds.human()),
        exact: format!("{} s", seconds.0),
        note: if counted { roofline.bound.words().to_owned() } else { "compute alone".to_owned() },
        alarming: false,
    };
    let speed = match roofline.tokens_per_second {
        Some(rate) => Headline {
            label: "New tokens per second",
            value: format!("≤ {}", plain(rate)),
            exact: format!("{rate} tokens/s"),
            note: new_tokens(&report.workload),
            alarming: false,
        },
        None => Headline {
            label: "New tokens per second",
            value: "–".to_owned(),
            exact: String::new(),
            note: "it does not fit".to_owned(),
            alarming: false,
        },
    };
    let intensity = Headline {
        label: "Intensity",
        value: report.total.intensity.map_or_else(|| "–".to_owned(), |i| i.human()),
        exact: report.total.intensity.map(|i| format!("{} FLOP/B", i.0)).unwrap_or_default(),
        note: if counted {
            format!("ridge at {}", roofline.ridge.human())
        } else {
            "no bytes counted".to_owned()
        },
        alarming: false,
    };
    vec![time, speed, intensity, memory(report, roofline)]
}

/// What the verdicts rest on.
pub fn figures(report: &Report) -> Vec<Headline> {
    let parameters = report.model.parameters;
    let stored = |item: &'static str| report.storage.iter().find(|i| i.name == item).map(|i| i.bytes);
    let of_bytes = |label, bytes: Option<Bytes>, note: String| Headline {
        label,
        value: bytes.map_or_else(|| "–".to_owned(), Bytes::human),
        exact: bytes.map(|b| format!("{} B", grouped(b.0))).unwrap_or_default(),
        note,
        alarming: false,
    };
    vec![
        Headline {
            label: "Parameters",
            value: parameter_count(parameters.total),
            exact: grouped(parameters.total),
            note: if parameters.active == parameters.total {
                "all in use for every token".to_owned()
            } else {
                format!("{} active per token", parameter_count(parameters.active))
            },
            alarming: false,
        },
        of_bytes("Weights", stored("Weights"), report.model.weight_format()),
        of_bytes(
            "KV cache",
            stored("KV-cache"),
            format!("{} per token", report.model.kv_cache_bytes_per_token.human()),
        ),
        Headline {
            label: "Compute",
            value: report.total.flops.human(),
            exact: format!("{} FLOP", grouped(report.total.flops.0)),
            note: format!("{} accounting", report.accounting),
            alarming: false,
        },
        of_bytes(
            "Traffic",
            Some(report.total.bytes()).filter(|bytes| bytes.0 > 0),
            "to and from memory".to_owned(),
        ),
    ]
}

fn memory(report: &Report, roofline: &Assessment) -> Headline {
    let (used, all) = (report.storage_total_bytes, roofline.memory_bytes);
    Headline {
        label: "Memory",
        value: if roofline.fits { "fits".to_owned() } else { "does not fit".to_owned() },
        exact: format!("{} of {} B", grouped(used.0), grouped(all.0)),
        note: format!("{}, {} of {}", used.human(), part(used, all), all.human()),
        alarming: !roofline.fits,
    }
}

/// `6.74 B`, as model sizes are spoken.
pub fn parameter_count(count: u128) -> String {
    si(count as f64, "").replace('G', "B").trim_end().to_owned()
}

/// `15.6 %`, or `3.2 ×` where the part is larger than the whole.
pub fn part(part: Bytes, whole: Bytes) -> String {
    let share = part.0 as f64 / whole.0 as f64;
    if share > 1.0 { format!("{} ×", plain(share)) } else { percent(share) }
}

/// The workload in a line: `decode, 1,024 cached + 1 input token`.
pub fn workload(workload: &Workload) -> String {
    let batch = workload.batch_size();
    let times = if batch == 1 { String::new() } else { format!(", batch of {}", grouped(batch.into())) };
    match workload.pattern() {
        [query] => format!(
            "{} cached and {}{times}",
            tokens(query.cached_tokens.into()),
            count(query.input_tokens.into(), "input token"),
        ),
        queries => format!("{} different queries{times}", queries.len()),
    }
}

fn new_tokens(workload: &Workload) -> String {
    let new = workload.load().new_tokens.unwrap_or_default();
    format!("{} per step", count(new, "new token"))
}

fn tokens(number: u128) -> String {
    if number == 0 { "nothing".to_owned() } else { grouped(number) }
}

/// `1 block`, `1,000 blocks`.
pub fn count(number: u128, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// The sentence above the figures.
pub fn lead(report: &Report) -> String {
    let Some(roofline) = &report.roofline else { return String::new() };
    let device = &roofline.hardware_name;
    if report.total.bytes().0 == 0 {
        return format!(
            "The {} accounting counts no bytes: computing alone takes {device} at least {}.",
            report.accounting,
            roofline.seconds.human()
        );
    }
    let bound = match roofline.bound {
        crate::engine::roofline::Bound::Memory => "memory bandwidth",
        crate::engine::roofline::Bound::Compute => "compute",
    };
    match (roofline.fits, roofline.tokens_per_second) {
        (true, Some(rate)) => format!(
            "On one {device}, {bound} limits this step: at least {}, at most {} new tokens per second.",
            roofline.seconds.human(),
            plain(rate)
        ),
        _ => format!(
            "It does not fit on one {device}: {} are needed, {} are there.",
            report.storage_total_bytes.human(),
            roofline.memory_bytes.human()
        ),
    }
}

/// A stored part's name as running text has it.
pub fn stored(item: &Item) -> &'static str {
    match item.name {
        "KV-cache" => "KV cache",
        "Embedding Table" => "Embedding table",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Accounting, Hardware, analyze, catalog};

    fn report(id: &str, workload: Workload, accounting: Accounting) -> Report {
        let model = catalog::find(id).unwrap().model().unwrap();
        analyze(&model, &workload, &accounting, Some(&Hardware::default())).unwrap()
    }

    #[test]
    fn the_first_view_in_words() {
        let report = report(catalog::DEFAULT_ID, Workload::default(), Accounting::DOCUMENT);
        let said = lead(&report);
        assert!(said.contains("memory bandwidth limits"), "{said}");
        let values: Vec<String> = verdicts(&report).into_iter().map(|h| h.value).collect();
        assert!(values[0].starts_with("≥ 4.0") && values[3] == "fits", "{values:?}");
        assert_eq!(figures(&report)[0].value, "6.74 B");
    }

    #[test]
    fn a_model_too_large_gets_no_speed() {
        let report = report("meta-llama/Llama-3.1-405B", Workload::default(), Accounting::DOCUMENT);
        assert!(lead(&report).contains("does not fit"));
        let verdicts = verdicts(&report);
        assert_eq!((verdicts[1].value.as_str(), verdicts[3].alarming), ("–", true));
    }

    #[test]
    fn an_accounting_without_bytes_says_so() {
        let report = report(catalog::DEFAULT_ID, Workload::default(), Accounting::TORCH);
        assert!(lead(&report).contains("counts no bytes"));
        assert_eq!(verdicts(&report)[2].value, "–");
        assert_eq!(figures(&report)[4].value, "–");
    }

    #[test]
    fn workloads_in_a_line() {
        for (of, text) in [
            (Workload::default(), "1,024 cached and 1 input token"),
            (Workload::uniform(0, 4096, 8).unwrap(), "nothing cached and 4,096 input tokens, batch of 8"),
            (Workload::new(&[1, 2], &[1, 1], Some(4)).unwrap(), "2 different queries, batch of 4"),
        ] {
            assert_eq!(workload(&of), text);
        }
        assert_eq!(part(Bytes(3), Bytes(2)), "1.50 ×");
    }
}
