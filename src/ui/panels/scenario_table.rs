//! The figures of scenarios in columns, the ratio to the first beside each.

use super::scenarios::{Compared, badge};
use crate::engine::lineup::{Figure, Line, Part, Topic, letter};
use crate::engine::quantity::{grouped, plain};
use crate::plot::Theme;
use crate::ui::components::fold;
use crate::ui::dom::{El, Node, el, list};
use crate::ui::part::State;
use yew::Html;

/// The figures of the whole step, and folded those of every layer.
pub fn tables(compared: &Compared, theme: &Theme, open: State<bool>) -> Html {
    let parts = &compared.lineup.parts;
    let (step, layers): (Vec<&Part>, Vec<&Part>) = parts.iter().partition(|part| part.topic == Topic::Step);
    let step = table(compared, theme, &step, "Table of the scenarios", "Figures of each scenario");
    let layers = fold(open, "Layer by layer", || {
        table(compared, theme, &layers, "Table of the scenarios' layers", "Each layer in each scenario")
    });
    list([step, layers])
}

fn table(
    compared: &Compared,
    theme: &Theme,
    parts: &[&Part],
    label: &'static str,
    caption: &'static str,
) -> El {
    let scenarios = compared.names.len();
    let heads = (0..scenarios).map(|place| {
        el("th.scenario")
            .attr("scope", "col")
            .attr("title", compared.names[place].clone())
            .attr("colspan", (place > 0).then_some("2"))
            .child(badge(place, theme))
            .child(el("span.visually-hidden").child(letter(place).to_string()))
    });
    let head = el("tr")
        .child(el("th.layer").attr("scope", "col").child(el("span.visually-hidden").child("Figure")))
        .each(heads);
    let part = |part: &&Part| {
        let title = el("th")
            .attr("scope", "rowgroup")
            .number("colspan", 2 * scenarios as u64)
            .child(el("span").child(part.topic.words()));
        let lines = part.lines.iter().map(|line| self::line(line, part.topic, compared));
        let title = (part.topic != Topic::Step).then(|| el("tr.group").child(title));
        el("tbody").child(title).each(lines)
    };
    let caption = el("caption.visually-hidden").child(caption).child(", with their ratio to those of A");
    let table = el("table.layers-table scenario-table")
        .child(caption)
        .child(el("thead").child(head))
        .each(parts.iter().map(part));
    el("div.scroll").attr("role", "region").attr("aria-label", label).attr("tabindex", "0").child(table)
}

fn line(line: &Line, topic: Topic, compared: &Compared) -> El {
    let cells = (0..compared.names.len()).map(|place| {
        let short = topic == Topic::Step && line.name == "Memory" && !compared.fits[place];
        cells(line, place, short)
    });
    let group = line.group.as_ref().map(|group| el("span.of-group").child(str::to_owned(group)));
    el("tr").child(el("th.layer").attr("scope", "row").child(line.name).child(group)).each(cells)
}

fn cells(line: &Line, place: usize, short: bool) -> Html {
    let figure = line.figures.get(place).copied().flatten();
    let shown = figure.map_or_else(|| "–".to_owned(), Figure::human);
    let value = el(if short { "td.does-not-fit" } else { "td" })
        .attr("title", figure.map(exact))
        .child(shown)
        .child(short.then(|| el("span.of-group").child("does not fit")));
    let ratio = (place > 0).then(|| match line.ratio(place) {
        Some(1.0) => el("td.ratio").child("="),
        Some(ratio) => el("td.ratio").attr("title", ratio.to_string()).child(format!("{} ×", plain(ratio))),
        None => el("td.ratio"),
    });
    list([value.node(), ratio.node()])
}

fn exact(figure: Figure) -> String {
    let number = match figure {
        Figure::Bytes(bytes) => grouped(bytes.0),
        Figure::Flops(flops) => grouped(flops.0),
        Figure::Time(_) | Figure::Rate(_) | Figure::Intensity(_) => figure.raw(),
    };
    format!("{number} {}", figure.unit())
}
