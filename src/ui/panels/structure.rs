//! How the model is built: its blocks in order, and what sets their kinds apart.

use crate::engine::Report;
use crate::engine::model::{Group, Model, Stage};
use crate::engine::report::Kindred;
use crate::ui::components::terms;
use crate::ui::dom::{El, el};

/// The most cells that are drawn; of more blocks each cell stands for several.
const MOST: u64 = 128;
/// Width of a cell with its gap, and of the embedding and the head.
const CELL: u64 = 8;
const END: u64 = 18;
const HEIGHT: u64 = 14;

/// Colour, height and filling of the kinds, so that none rests on colour alone.
const KINDS: [&str; 4] = ["rect.cell cell-1", "rect.cell cell-2", "rect.cell cell-3", "rect.cell cell-4"];

/// A drawing and its legend; of blocks that are all alike, one line.
pub fn structure(model: &Model, report: &Report) -> El {
    let kinds = &report.model.structure;
    let blocks: Vec<&Group> = model.groups.iter().filter(|group| group.stage == Stage::Block).collect();
    if let [_] = blocks.as_slice() {
        return el("p.structure-line")
            .child(terms(&kinds.iter().map(words).collect::<Vec<_>>().join(", then ")));
    }
    let said =
        kinds.iter().map(|kind| format!("{}{}", words(kind), places(kind))).collect::<Vec<_>>().join("; ");
    let legend = kinds.iter().enumerate().map(|(i, kind)| {
        let sample = (kind.stage == Stage::Block).then(|| {
            el("svg")
                .number("width", 6)
                .number("height", HEIGHT)
                .attr("aria-hidden", "true")
                .child(cell(0, 6, i))
        });
        let place = el("span.places").child(places(kind));
        el("li")
            .attr("title", kind.blocks.clone())
            .child(sample)
            .child(el("span").child(terms(&words(kind))))
            .child(place)
    });
    el("div.structure")
        .child(strip(&blocks, model.num_blocks(), format!("Embedding; {said}; head")))
        .child(el("ul").each(legend))
}

/// `29 × sliding attention 1,024 · dense`
pub fn words(kind: &Kindred) -> String {
    format!("{} × {}", kind.repeat, kind.label)
}

fn places(kind: &Kindred) -> String {
    if kind.blocks.is_empty() { String::new() } else { format!(" — blocks {}", kind.blocks) }
}

fn strip(blocks: &[&Group], count: u64, label: String) -> El {
    let cells = count.min(MOST);
    let width = 2 * END + cells * CELL + 2;
    let kind = |cell: u64| {
        let block = cell * count / cells;
        blocks.iter().position(|group| group.members.binary_search(&block).is_ok())
    };
    let end = |x: u64| el("rect.cell-end").number("x", x).number("width", 14).number("height", HEIGHT);
    el("svg.strip")
        .attr("role", "img")
        .attr("aria-label", label)
        .number("width", width)
        .number("height", HEIGHT)
        .attr("viewBox", format!("0 0 {width} {HEIGHT}"))
        .attr("preserveAspectRatio", "none")
        .child(end(0))
        .each((0..cells).map(|at| kind(at).map(|kind| cell(END + at * CELL, CELL - 2, kind))))
        .child(end(END + cells * CELL + 2))
}

fn cell(x: u64, width: u64, kind: usize) -> El {
    // Every second kind is lower.
    let top = if kind % 2 == 1 { HEIGHT / 2 } else { 0 };
    el(KINDS[kind % KINDS.len()])
        .number("x", x)
        .number("y", top)
        .number("width", width)
        .number("height", HEIGHT - top)
}
