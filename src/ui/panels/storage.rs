//! What memory must hold, against what the device has.

use super::parameters::parameters;
use crate::engine::quantity::grouped;
use crate::engine::{Bytes, Report};
use crate::ui::components::stack;
use crate::ui::dom::{El, el, list};
use crate::ui::words::{part, stored};
use yew::Html;

/// The colour of a part.
pub struct Tint {
    bar: &'static str,
    swatch: &'static str,
}

pub const WEIGHTS: Tint = Tint { bar: "rect.stack-part tint-1", swatch: "span.swatch tint-1" };
pub const CACHE: Tint = Tint { bar: "rect.stack-part tint-2", swatch: "span.swatch tint-2" };
pub const REST: Tint = Tint { bar: "rect.stack-part tint-3", swatch: "span.swatch tint-3" };
pub const MORE: Tint = Tint { bar: "rect.stack-part tint-4", swatch: "span.swatch tint-4" };

/// Parts of a memory as a bar against its capacity, and as the lines of a list that says what is what. The
/// larger of need and capacity fills the width.
pub fn shares(
    parts: impl IntoIterator<Item = (&'static str, Bytes, &'static Tint)>,
    total: Bytes,
    capacity: Option<Bytes>,
    label: String,
) -> (El, Vec<Html>) {
    let width = capacity.map_or(total, |capacity| capacity.max(total)).0.max(1) as f64;
    let share = |bytes: Bytes| bytes.0 as f64 / width;
    let (mut bars, mut lines) = (Vec::new(), Vec::new());
    for (name, bytes, tint) in parts {
        bars.push((share(bytes), tint.bar));
        let exact = format!("{} B", grouped(bytes.0));
        lines.push(list([
            el("dt").child(swatch(tint.swatch)).child(name),
            el("dd").attr("title", exact).child(bytes.human()),
        ]));
    }
    (stack(&bars, capacity.map_or(1.0, share), label), lines)
}

fn swatch(what: &'static str) -> El {
    el(what).attr("aria-hidden", "true")
}

pub fn storage(report: &Report) -> El {
    let total = report.storage_total_bytes;
    let memory = report.roofline.as_ref().map(|roofline| roofline.memory_bytes);
    let label = match memory {
        Some(memory) => format!("{} of {} in use", total.human(), memory.human()),
        None => format!("{} in use", total.human()),
    };
    let tints = [&WEIGHTS, &CACHE, &REST, &MORE];
    let parts = report.storage.iter().zip(tints).map(|(item, tint)| (stored(item), item.bytes, tint));
    let (bar, lines) = shares(parts, total, memory, label);
    let room = report.roofline.as_ref().map(|roofline| {
        let memory = roofline.memory_bytes;
        let needed = el("span.why").child(format!("{} of it needed", part(total, memory)));
        list([
            el("dt").child(swatch("span.swatch swatch-room")).child(roofline.hardware_name.to_string()),
            el("dd").child(memory.human()).child(needed),
        ])
    });
    let parts = el("dl.pairs stack-list")
        .each(lines)
        .child(reserved(report).map(|reserved| el("dd.why").child(reserved)))
        .child(el("dt.sum").child("Together"))
        .child(el("dd.sum").attr("title", format!("{} B", grouped(total.0))).child(total.human()))
        .child(room);
    el("section.storage")
        .attr("aria-labelledby", "storage-title")
        .child(el("h2").attr("id", "storage-title").child("Memory"))
        .child(bar)
        .child(parts)
        .child(parameters(report))
}

/// What an engine that keeps every layer's whole context sets aside for the cache, where that is more.
fn reserved(report: &Report) -> Option<String> {
    let cache = report.storage.iter().find(|item| item.name == "KV-cache")?;
    let reserved = report.kv_cache_reserved_bytes;
    (reserved > cache.bytes).then(|| {
        format!(
            "An engine that keeps the whole context in every layer reserves {} for the KV cache.",
            reserved.human()
        )
    })
}
