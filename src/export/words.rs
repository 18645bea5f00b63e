//! The sentences around the table.

use crate::engine::quantity::grouped;
use crate::engine::report::Report;
use crate::engine::workload::{Query, Workload};

/// Model, workload and accounting on one line, and what the rows mean.
pub fn heading(report: &Report) -> String {
    let name = report.model.name.as_deref().unwrap_or(&report.model.model_type);
    let workload = workload(&report.workload);
    format!("{name} · {workload} · accounting: {} · rows per block, total over all blocks", report.accounting)
}

/// What memory must hold: `Storage: Weights 12.1 GiB + KV-cache 512 MiB + … = 12.8 GiB`
pub fn storage(report: &Report) -> String {
    let items: Vec<String> =
        report.storage.iter().map(|item| format!("{} {}", item.name, item.bytes.human())).collect();
    format!("Storage: {} = {}", items.join(" + "), report.storage_total_bytes.human())
}

/// What the device makes of it, if there is one.
pub fn device(report: &Report) -> Option<String> {
    let placed = report.roofline.as_ref()?;
    let memory = placed.memory_bytes.human();
    let fits = if placed.fits { format!("fits its {memory}") } else { format!("does not fit its {memory}") };
    let rate = placed
        .tokens_per_second
        .map(|rate| format!(", at most {} tokens/s", crate::engine::quantity::plain(rate)));
    Some(format!(
        "{} in {}: {}, at least {}{}, ridge point {}, {fits}",
        placed.hardware_name,
        placed.compute.name(),
        placed.bound.words(),
        placed.seconds.human(),
        rate.unwrap_or_default(),
        placed.ridge.human()
    ))
}

/// `batch 8: 1,024 cached + 1 new tokens each`, or the first queries of a varied batch.
pub fn workload(workload: &Workload) -> String {
    const SHOWN: usize = 4;
    let queries = workload.pattern();
    let tokens = |query: &Query| {
        format!("{} cached + {} new", grouped(query.cached_tokens.into()), grouped(query.input_tokens.into()))
    };
    let batch = grouped(workload.batch_size().into());
    match queries {
        [first, rest @ ..] if rest.iter().all(|query| query == first) => {
            let each = if workload.batch_size() > 1 { " each" } else { "" };
            format!("batch {batch}: {} tokens{each}", tokens(first))
        }
        _ => {
            let shown: Vec<String> = queries.iter().take(SHOWN).map(tokens).collect();
            let more = if queries.len() > SHOWN || workload.batch_size() > queries.len() as u64 {
                ", …"
            } else {
                ""
            };
            format!("batch {batch}: {}{more} tokens", shown.join(", "))
        }
    }
}
