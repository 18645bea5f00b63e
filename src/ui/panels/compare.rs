//! The layers under two accountings, side by side, and why they differ.

use super::table::{Table, exact_bytes, exact_flops};
use crate::engine::Accounting;
use crate::engine::compare::{Difference, compare};
use crate::engine::quantity::{grouped, plain};
use crate::ui::components::{Options, select};
use crate::ui::dom::{El, Node, On, button, el, list};
use crate::ui::state::{Action, RowId};
use crate::ui::subject::sentence;
use yew::Html;

/// Chooses what the figures are set against: nothing, or another accounting than the one in force.
pub fn compare_with(table: &Table) -> El {
    let named = Accounting::NAMED.map(|row| row.1);
    let own = table.compare.filter(|other| !named.contains(other));
    let mut options = Options::default();
    options.add("", "nothing", table.compare.is_none());
    for other in named.into_iter().filter(|other| *other != table.accounting).chain(own) {
        options.add(other.id().into_owned(), other.name(), table.compare == Some(other));
    }
    let select = select(options, &table.dispatch, |id| Action::Compare(Accounting::parse(&id)));
    el("label.compare-with").child("Compare with").child(select)
}

/// The table of the differences, in execution order.
pub fn compared(table: &Table, other: &Accounting) -> El {
    let (model, sides) = (&table.subject.model, [table.accounting.name(), other.name()]);
    let compared = match compare(model, &table.workload, &table.accounting, other) {
        Ok(compared) => compared,
        Err(error) => return el("p.note note-wrong").child(sentence(&error.to_string())),
    };
    let several = compared.rows.iter().any(|row| row.blocks > 0 && row.group != compared.rows[0].group);
    let mut rows = Vec::new();
    for (i, row) in compared.rows.iter().enumerate() {
        if several && (i == 0 || compared.rows[i - 1].group != row.group) {
            let group = model.groups.iter().find(|group| group.label == row.group);
            rows.push(table.heading(&row.group, group).node());
        }
        rows.push(line(table, row, why(&compared.rows[..i], row)));
    }
    let mut head = el("tr").child(el("th.layer").attr("scope", "col").child("Layer"));
    head = head.child(el("th").attr("scope", "col").child("Blocks"));
    for what in ["Compute", "Bytes"] {
        for side in &sides {
            let of = el("span.of-group").child(side.to_string());
            head = head.child(el("th").attr("scope", "col").child(what).child(of));
        }
        let ratio = el("th").attr("scope", "col").attr("title", "The second figure over the first");
        head = head.child(ratio.child("Ratio"));
    }
    let total = el("tr")
        .child(el("th.layer").attr("scope", "row").child("All blocks"))
        .child(el("td"))
        .child(figures(&compared.total))
        .child(el("td.why"));
    let caption = format!(
        "Compute and bytes of each layer for one block, as {} and as {} count them",
        sides[0], sides[1]
    );
    el("table.layers-table compare-table")
        .key("compared")
        .child(el("caption.visually-hidden").child(caption))
        .child(el("thead").child(head.child(el("th.why").attr("scope", "col").child("Why"))))
        .child(el("tbody").each(rows))
        .child(el("tfoot").child(total))
}

fn line(table: &Table, difference: &Difference, why: Option<El>) -> Html {
    let layers = &table.report.layers;
    // A layer that only the other accounting counts has no formulas to open.
    let at = layers.iter().position(|row| row.name == difference.name && row.group == difference.group);
    let id = at.and_then(|at| layers.get(at)).map(RowId::of);
    let pinned = id.is_some() && table.pinned == id;
    let row = match (pinned, id.is_some() && table.hovered == id) {
        (true, _) => el("tr.pinned"),
        (false, true) => el("tr.lit"),
        (false, false) => el("tr"),
    };
    let name = match id {
        Some(id) => button(difference.name)
            .class("layer-button")
            .truth("aria-expanded", pinned)
            .send(On::onclick, &table.dispatch, Action::Pin(id))
            .node(),
        None => difference.name.node(),
    };
    let row = row
        .send(On::onpointerenter, &table.dispatch, Action::Hover(id))
        .child(el("th.layer").attr("scope", "row").child(name))
        .child(el("td").child(grouped(difference.blocks.into())))
        .child(figures(difference))
        .child(el("td.why").child(why));
    list([Some(row), at.filter(|_| pinned).and_then(|at| table.details(at))])
}

fn figures(difference: &Difference) -> Html {
    let cell = |title: String, text: String| el("td").attr("title", title).child(text);
    let ratio = |ratio: Option<f64>| match ratio {
        Some(1.0) => el("td.same").child("="),
        Some(ratio) => cell(ratio.to_string(), format!("{} ×", plain(ratio))),
        None => el("td").child("–"),
    };
    let flops = difference.flops.map(|flops| cell(exact_flops(flops), flops.human()));
    let bytes = difference.bytes.map(|bytes| cell(exact_bytes(bytes), bytes.human()));
    list([
        list(flops),
        ratio(difference.flops_ratio).node(),
        list(bytes),
        ratio(difference.bytes_ratio).node(),
    ])
}

/// The first cause in a sentence; one that a row above has said already by the name of that row.
fn why(above: &[Difference], row: &Difference) -> Option<El> {
    let cause = row.causes.first()?;
    let more = match row.causes.len() {
        1 => String::new(),
        more => format!(" And {} more.", more - 1),
    };
    let all = row.causes.iter().map(|cause| sentence(cause)).collect::<Vec<_>>().join(" ");
    let said = match above.iter().find(|other| other.causes.first() == Some(cause)) {
        Some(other) => format!("As for {}.{more}", other.name),
        None => format!("{}{more}", sentence(cause)),
    };
    Some(el("span").attr("title", all).child(said))
}
