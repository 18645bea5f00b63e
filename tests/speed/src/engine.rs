//! The engine alone, natively and in the browser's wasm.

use crate::clock::{median, time};
use crate::page::Wasm;
use crate::table::{Figure, Row};
use crate::work::{self, BLOCKS, MODEL, POINTS, QUERIES};

/// More than proportional growth would show here; less than ten times is no fault.
const LINEAR: Figure = Figure::Times(12.0);

fn natively(name: &str) -> Figure {
    let work = work::ready(name).unwrap_or_else(|| panic!("there is no work called {name}"));
    Figure::Seconds(median(&time(work)))
}

fn times(more: &str, less: &str) -> Figure {
    let (Figure::Seconds(more) | Figure::Times(more)) = natively(more);
    let (Figure::Seconds(less) | Figure::Times(less)) = natively(less);
    Figure::Times(more / less)
}

pub fn rows(wasm: &Wasm) -> Vec<Row> {
    let model = MODEL.rsplit('/').next().unwrap_or(MODEL);
    let mut rows = vec![
        Row::new(format!("an analysis of {model}, natively"), natively("analysis"))
            .at_most(Figure::Seconds(2e-6)),
        Row::new("… in the browser's wasm", wasm.time("analysis")).at_most(Figure::Seconds(5e-6)),
    ];
    let points = grouped(POINTS);
    let queries = grouped(QUERIES);
    for (what, name, peer, peer_name) in [
        (format!("a sweep over {points} batches"), "sweep", format!("{points} plans"), "plans"),
        (format!("a ragged batch of {queries} queries"), "ragged", "one look at each".to_owned(), "reading"),
        ("parse of a config of 2 MB".to_owned(), "parse", "serde_json alone".to_owned(), "parse as text"),
    ] {
        rows.push(
            Row::new(format!("{what}, natively"), natively(name)).beside(peer.as_str(), natively(peer_name)),
        );
        rows.push(Row::new("… in the browser's wasm", wasm.time(name)).beside(peer, wasm.time(peer_name)));
    }
    let small = format!("parse of {model}'s config, natively");
    rows.push(Row::new(small, natively("parse, small")));
    let more = format!("{queries} queries to a tenth of them");
    rows.push(Row::new(more, times("ragged", "ragged, a tenth")).at_most(LINEAR));
    let more = format!("{} blocks, no two alike, to {}", grouped(BLOCKS[1]), BLOCKS[0]);
    rows.push(Row::new(more, times("blocks", "blocks, a tenth")).at_most(LINEAR));
    rows
}

fn grouped(number: u64) -> String {
    roofline::engine::quantity::grouped(number.into())
}
