//! What memory must hold, against what the device has.

use super::parameters::parameters;
use crate::engine::Report;
use crate::engine::quantity::grouped;
use crate::ui::components::stack;
use crate::ui::words::{part, stored};
use yew::prelude::*;

/// Colours of the parts, in the order of the list.
const TINTS: [&str; 4] = ["tint-1", "tint-2", "tint-3", "tint-4"];

pub fn storage(report: &Report) -> Html {
    let total = report.storage_total_bytes;
    let memory = report.roofline.as_ref().map(|roofline| roofline.memory_bytes);
    // The larger of need and room fills the width.
    let width = memory.map_or(total, |memory| memory.max(total)).0.max(1) as f64;
    let share = |bytes: u128| bytes as f64 / width;
    let parts = report.storage.iter().zip(TINTS.iter().cycle());
    let bars = parts.clone().map(|(item, tint)| (share(item.bytes.0), *tint)).collect::<Vec<_>>();
    let label = match memory {
        Some(memory) => format!("{} of {} in use", total.human(), memory.human()),
        None => format!("{} in use", total.human()),
    };
    html! {
        <section class="storage" aria-labelledby="storage-title">
            <h2 id="storage-title">{ "Memory" }</h2>
            { stack(&bars, memory.map_or(1.0, |memory| share(memory.0)), label) }
            <dl class="pairs stack-list">
                for (item, tint) in parts {
                    <dt><span class={classes!("swatch", *tint)} aria-hidden="true" />{ stored(item) }</dt>
                    <dd title={format!("{} B", grouped(item.bytes.0))}>{ item.bytes.human() }</dd>
                }
                if let Some(reserved) = reserved(report) {
                    <dd class="why">{ reserved }</dd>
                }
                <dt class="sum">{ "Together" }</dt>
                <dd class="sum" title={format!("{} B", grouped(total.0))}>{ total.human() }</dd>
                if let (Some(memory), Some(roofline)) = (memory, &report.roofline) {
                    <dt><span class="swatch swatch-room" aria-hidden="true" />{ &roofline.hardware_name }</dt>
                    <dd>{ memory.human() }<span class="why">{ format!("{} of it needed", part(total, memory)) }</span></dd>
                }
            </dl>
            { parameters(report) }
        </section>
    }
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
