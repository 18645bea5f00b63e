//! The plan of a deployment as text.

use super::{markdown, words};
use crate::engine::quantity::{grouped, percent, plain};
use crate::engine::serving::{Plan, Range, Share};

/// The columns of a plan's layers, and whether they hold numbers.
pub const COLUMNS: [(&str, bool); 8] = [
    ("Node", false),
    ("Block Count", true),
    ("Compute", true),
    ("Bandwidth", true),
    ("Time (bound)", true),
    ("Share", true),
    ("Limit", false),
    ("Sends", false),
];

/// A layer as one device runs it.
pub fn cells(share: &Share) -> [String; 8] {
    let sent = share.transfer.map_or_else(String::new, |transfer| {
        format!("{} {}", transfer.collective.words(), transfer.bytes.human())
    });
    [
        share.name.to_owned(),
        share.blocks.to_string(),
        share.flops.human(),
        share.bytes.human(),
        share.seconds.ideal.human(),
        percent(share.share),
        share.limit.words().to_owned(),
        sent,
    ]
}

/// What the plan comes to, line by line: what it is about, and the figure.
pub fn facts(plan: &Plan) -> Vec<(String, String)> {
    let mut said = Vec::new();
    let mut line = |what: &str, value: String| said.push((what.to_owned(), value));
    let memory = &plan.memory;
    line("Devices", format!("{} × {}", plan.devices, plan.hardware_name));
    line(
        "Memory of a device",
        format!(
            "{} of {}: weights {}, KV cache {}, activations {}, kept free {}",
            memory.total.human(),
            memory.capacity.human(),
            memory.weights.human(),
            memory.kv_cache.human(),
            memory.activations.human(),
            memory.reserve.human()
        ),
    );
    line("Fits", if memory.fits { "yes" } else { "no" }.to_owned());
    let or_none = |count: Option<u64>| count.map_or_else(|| "none".to_owned(), |n| grouped(n.into()));
    line("Largest batch", or_none(memory.largest_batch));
    line("Longest context", or_none(memory.longest_context));
    line("Step", format!("{}, {}", range(plan.step), plan.limit.words()));
    if let Some(generation) = &plan.generation {
        line("Time to first token", range(generation.time_to_first_token));
        if let Some(time) = generation.time_per_output_token {
            line("Time per output token", range(time));
        }
        if let Some(time) = generation.last_token {
            line("Of the last token", range(time));
        }
        line(&format!("All {} tokens", grouped(generation.output_tokens.into())), range(generation.total));
        for (what, rates) in [
            ("Tokens per second", generation.tokens_per_second),
            ("  of one query", generation.tokens_per_second_per_query),
            ("  of one device", generation.tokens_per_second_per_device),
        ] {
            if let Some(rates) = rates {
                line(what, format!("{} … {}", plain(rates.no_overlap), plain(rates.ideal)));
            }
        }
    }
    if !plan.cures.is_empty() {
        let cures: Vec<_> = plan.cures.iter().map(|cure| cure.words()).collect();
        line("Would fit with", cures.join("; or "));
    }
    said
}

/// For issues and documents, as GitHub reads it.
pub fn markdown(plan: &Plan) -> String {
    let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let model = plan.model.as_deref().unwrap_or("A model");
    let title = format!("{model} · {}", words::workload(&plan.workload));
    let mut out = format!("**{}**\n\n", markdown::escaped(&title));
    out += &row(&COLUMNS.map(|column| column.0.to_owned()));
    out += &row(&COLUMNS.map(|column| if column.1 { "---:" } else { "---" }.to_owned()));
    for share in &plan.layers {
        out += &row(&cells(share).map(|cell| markdown::escaped(&cell)));
    }
    out.push('\n');
    for (what, value) in facts(plan) {
        out += &format!("- {}: {}\n", what.trim(), markdown::escaped(&value));
    }
    out += "\nTaken for granted:\n\n";
    for assumption in &plan.assumptions {
        out += &format!("- {assumption}\n");
    }
    out
}

/// `4.1 ms (ideal) … 4.2 ms (no overlap)`
fn range(range: Range) -> String {
    format!("{} (ideal) … {} (no overlap)", range.ideal.human(), range.no_overlap.human())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::serving::{Deployment, Parallel, Serving, plan};
    use crate::engine::{Hardware, Workload, catalog};

    #[test]
    fn markdown_tells_the_whole_plan() {
        let model = catalog::find("meta-llama/Llama-3.1-70B").unwrap().model().unwrap();
        let serving = Serving { parallel: Parallel::tensor(8), ..Serving::default() };
        let deployment = Deployment { hardware: Hardware::default(), serving };
        let plan = plan(&model, &Workload::default(), &deployment).unwrap();
        let text = markdown(&plan);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "**meta-llama/Llama-3.1-70B · batch 1: 1,024 cached + 1 new tokens**");
        let table = lines.iter().filter(|line| line.starts_with("| ")).count();
        assert_eq!(table, 2 + plan.layers.len());
        assert!(lines.iter().all(|line| !line.starts_with('|') || line.matches(" | ").count() == 7));
        assert!(text.contains(&format!("\n- Devices: 8 × {}\n", plan.hardware_name)), "{text}");
        assert!(lines.contains(&"- Fits: yes"));
        assert!(plan.assumptions.iter().all(|said| text.contains(&format!("\n- {said}\n"))));
    }
}
