//! How the model is built: its blocks in order, and what sets their kinds apart.

use crate::engine::Report;
use crate::engine::model::{Group, Model, Stage};
use crate::engine::report::Kindred;
use yew::prelude::*;

/// The most cells that are drawn; of more blocks each cell stands for several.
const MOST: u64 = 128;
/// Width of a cell with its gap, and of the embedding and the head.
const CELL: u64 = 8;
const END: u64 = 18;
const HEIGHT: u64 = 14;

/// Colour, height and filling of the kinds, so that none rests on colour alone.
const KINDS: [&str; 4] = ["cell cell-1", "cell cell-2", "cell cell-3", "cell cell-4"];

/// A drawing and its legend; of blocks that are all alike, one line.
pub fn structure(model: &Model, report: &Report) -> Html {
    let kinds = || report.model.structure.iter();
    let blocks: Vec<&Group> = model.groups.iter().filter(|group| group.stage == Stage::Block).collect();
    if let [_] = blocks.as_slice() {
        return html! { <p class="structure-line">{ kinds().map(words).collect::<Vec<_>>().join(", then ") }</p> };
    }
    let label = kinds().map(|kind| format!("{}{}", words(kind), places(kind))).collect::<Vec<_>>().join("; ");
    html! {
        <div class="structure">
            { strip(&blocks, model.num_blocks(), format!("Embedding; {label}; head")) }
            <ul>
                for (i, kind) in kinds().enumerate() {
                    <li title={kind.blocks.clone()}>
                        if kind.stage == Stage::Block {
                            <svg width="6" height={HEIGHT.to_string()} aria-hidden="true">{ cell(0, 6, i) }</svg>
                        }
                        <span>{ words(kind) }<span class="places">{ places(kind) }</span></span>
                    </li>
                }
            </ul>
        </div>
    }
}

/// `29 × sliding attention 1,024 · dense`
pub fn words(kind: &Kindred) -> String {
    format!("{} × {}", kind.repeat, kind.label)
}

fn places(kind: &Kindred) -> String {
    if kind.blocks.is_empty() { String::new() } else { format!(" — blocks {}", kind.blocks) }
}

fn strip(blocks: &[&Group], count: u64, label: String) -> Html {
    let cells = count.min(MOST);
    let width = 2 * END + cells * CELL + 2;
    let kind = |cell: u64| {
        let block = cell * count / cells;
        blocks.iter().position(|group| group.members.binary_search(&block).is_ok())
    };
    let end =
        |x: u64| html! { <rect class="cell-end" x={x.to_string()} width="14" height={HEIGHT.to_string()} /> };
    html! {
        <svg
            class="strip"
            role="img"
            aria-label={label}
            width={width.to_string()}
            height={HEIGHT.to_string()}
            viewBox={format!("0 0 {width} {HEIGHT}")}
            preserveAspectRatio="none"
        >
            { end(0) }
            for at in 0..cells {
                if let Some(kind) = kind(at) {
                    { cell(END + at * CELL, CELL - 2, kind) }
                }
            }
            { end(END + cells * CELL + 2) }
        </svg>
    }
}

fn cell(x: u64, width: u64, kind: usize) -> Html {
    // Every second kind is lower.
    let top = if kind % 2 == 1 { HEIGHT / 2 } else { 0 };
    html! {
        <rect
            class={KINDS[kind % KINDS.len()]}
            x={x.to_string()}
            y={top.to_string()}
            width={width.to_string()}
            height={(HEIGHT - top).to_string()}
        />
    }
}
