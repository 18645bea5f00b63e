//! What memory must hold, against what the device has.

use super::parameters::parameters;
use crate::engine::quantity::grouped;
use crate::engine::{Bytes, Report};
use crate::ui::components::stack;
use crate::ui::dom::{El, el, list};
use crate::ui::words::{part, stored};

/// Colours of the parts, in the order of the list.
const TINTS: [Tint; 4] = [
    Tint { bar: "rect.stack-part tint-1", swatch: "span.swatch tint-1" },
    Tint { bar: "rect.stack-part tint-2", swatch: "span.swatch tint-2" },
    Tint { bar: "rect.stack-part tint-3", swatch: "span.swatch tint-3" },
    Tint { bar: "rect.stack-part tint-4", swatch: "span.swatch tint-4" },
];

struct Tint {
    bar: &'static str,
    swatch: &'static str,
}

pub fn storage(report: &Report) -> El {
    let total = report.storage_total_bytes;
    let memory = report.roofline.as_ref().map(|roofline| roofline.memory_bytes);
    // The larger of need and room fills the width.
    let width = memory.map_or(total, |memory| memory.max(total)).0.max(1) as f64;
    let share = |bytes: u128| bytes as f64 / width;
    let bars = report.storage.iter().zip(TINTS.iter().cycle());
    let bars = bars.map(|(item, tint)| (share(item.bytes.0), tint.bar)).collect::<Vec<_>>();
    let label = match memory {
        Some(memory) => format!("{} of {} in use", total.human(), memory.human()),
        None => format!("{} in use", total.human()),
    };
    let swatch = |what| el(what).attr("aria-hidden", "true");
    let exact = |bytes: Bytes| format!("{} B", grouped(bytes.0));
    let parts = report.storage.iter().zip(TINTS.iter().cycle()).map(|(item, tint)| {
        list([
            el("dt").child(swatch(tint.swatch)).child(stored(item)),
            el("dd").attr("title", exact(item.bytes)).child(item.bytes.human()),
        ])
    });
    let room = report.roofline.as_ref().map(|roofline| {
        let memory = roofline.memory_bytes;
        let needed = el("span.why").child(format!("{} of it needed", part(total, memory)));
        list([
            el("dt").child(swatch("span.swatch swatch-room")).child(roofline.hardware_name.to_string()),
            el("dd").child(memory.human()).child(needed),
        ])
    });
    let parts = el("dl.pairs stack-list")
        .each(parts)
        .child(reserved(report).map(|reserved| el("dd.why").child(reserved)))
        .child(el("dt.sum").child("Together"))
        .child(el("dd.sum").attr("title", exact(total)).child(total.human()))
        .child(room);
    el("section.storage")
        .attr("aria-labelledby", "storage-title")
        .child(el("h2").attr("id", "storage-title").child("Memory"))
        .child(stack(&bars, memory.map_or(1.0, |memory| share(memory.0)), label))
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
