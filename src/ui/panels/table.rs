//! The layers, their costs, and the sums.

use super::compare::{compare_with, compared};
use super::details::Details;
use super::takeaway::{embed, take_table};
use crate::engine::explain::Figure;
use crate::engine::model::Group;
use crate::engine::quantity::{grouped, percent, plain};
use crate::engine::report::{Row, Total};
use crate::engine::roofline::Placement;
use crate::engine::{Accounting, Bytes, Flops, Intensity, Report, Workload};
use crate::share::Embed;
use crate::ui::components::bar;
use crate::ui::dom::{Dispatch, El, Node, On, button, el};
use crate::ui::link::Shown;
use crate::ui::part::{Hooks, View, keyed, part};
use crate::ui::state::{Action, RowId};
use crate::ui::subject::Subject;
use crate::ui::table::{Column, Sort};
use std::rc::Rc;
use web_sys::Event;
use yew::Html;

#[derive(PartialEq)]
pub struct Table {
    pub shown: Rc<Shown>,
    pub report: Rc<Report>,
    pub subject: Rc<Subject>,
    pub workload: Rc<Workload>,
    pub accounting: Accounting,
    /// The accounting that the figures are set against.
    pub compare: Option<Accounting>,
    pub sort: Sort,
    pub hovered: Option<RowId>,
    pub pinned: Option<RowId>,
    pub figure: Option<Figure>,
    pub dispatch: Dispatch,
}

impl View for Table {
    const NAME: &'static str = "table";

    fn view(&self, _: &mut Hooks) -> Html {
        let tools = el("div.tools")
            .child(compare_with(self))
            .child(take_table(&self.report, &self.dispatch))
            .child(embed(Embed::Table, &self.shown, false, &self.dispatch));
        let head = el("div.section-head")
            .child(el("h2").attr("id", "layers-title").child("Layers"))
            .child(el("p.aside").child("Figures of one block. A row opens its formulas."))
            .child(tools);
        let table = match &self.compare {
            Some(other) => compared(self, other),
            None => self.layers(),
        };
        let scroll = el("div.scroll")
            .attr("role", "region")
            .attr("aria-label", "Table of the layers")
            .attr("tabindex", "0")
            .child(table);
        el("section.layers").attr("aria-labelledby", "layers-title").child(head).child(scroll).into()
    }
}

impl Table {
    fn layers(&self) -> El {
        let columns = Column::ALL.iter().map(|&column| header(column, self.sort, &self.dispatch));
        let columns = el("tr").each(columns).child(el("th.bound").attr("scope", "col").child("Bound"));
        el("table.layers-table")
            .key("layers")
            .send(On::onpointerleave, &self.dispatch, Action::Hover(None))
            .child(el("caption.visually-hidden").child(
                "Cost of each layer for one block, with the number of blocks and the share of the time of all of them",
            ))
            .child(el("thead").child(columns))
            .child(el("tbody").each(self.rows()))
            .child(el("tfoot").child(totals(&self.report.total)))
    }

    /// In execution order each kind of blocks has its heading; in another order each row names its kind.
    fn rows(&self) -> Vec<Html> {
        let layers = &self.report.layers;
        let several = layers.iter().any(|row| row.at.0 != layers.first().map_or(0, |first| first.at.0));
        let in_order = self.sort == Sort::default();
        let mut group = None;
        let mut rows = Vec::new();
        for i in self.sort.order(&self.report) {
            let Some(row) = layers.get(i) else { continue };
            if several && in_order && group != Some(row.at.0) {
                group = Some(row.at.0);
                let heading = self.heading(&row.group, self.subject.model.groups.get(row.at.0));
                rows.push(heading.key(format!("group-{}", row.at.0)).node());
            }
            let id = RowId::of(row);
            let pinned = self.pinned == Some(id);
            rows.push(keyed(
                format!("{}-{}", id.0, id.1),
                Line {
                    row: row.clone(),
                    named: several && !in_order,
                    placement: self.placement(i),
                    lit: self.hovered == Some(id),
                    pinned,
                    dispatch: self.dispatch.clone(),
                },
            ));
            rows.extend(self.details(i).filter(|_| pinned).map(El::node));
        }
        rows
    }

    /// `sliding attention 4,096 · dense, blocks 0–2, 5`
    pub fn heading(&self, name: &str, group: Option<&Group>) -> El {
        let places = group.map(Group::places).filter(|places| !places.is_empty());
        let text = places.map_or_else(|| name.to_owned(), |places| format!("{name}, blocks {places}"));
        let cell = el("th").attr("scope", "rowgroup").attr("colspan", "9").child(el("span").child(text));
        el("tr.group").child(cell)
    }

    /// The formulas below an open row, which both tables are wide enough for.
    pub fn details(&self, i: usize) -> Option<El> {
        let row = self.report.layers.get(i)?;
        let details = Details {
            shown: Rc::clone(&self.shown),
            report: Rc::clone(&self.report),
            subject: Rc::clone(&self.subject),
            workload: Rc::clone(&self.workload),
            accounting: self.accounting,
            row: row.clone(),
            placement: self.placement(i),
            figure: self.figure,
            dispatch: self.dispatch.clone(),
        };
        let line = el("tr.details-row").key(format!("details-{}-{}", row.at.0, row.at.1));
        Some(line.child(el("td").attr("colspan", "9").child(part(details))))
    }

    fn placement(&self, i: usize) -> Option<Placement> {
        self.report.roofline.as_ref()?.layers.get(i).copied()
    }
}

fn header(column: Column, sort: Sort, dispatch: &Dispatch) -> El {
    let aria = sort.aria(column);
    let arrow = match aria {
        Some("ascending") => "↑",
        Some(_) => "↓",
        None => "",
    };
    let button = button(column.label())
        .attr("title", column.meaning())
        .send(On::onclick, dispatch, Action::SortBy(column))
        .child(el("span.arrow").attr("aria-hidden", "true").child(arrow));
    el(what_is(column)).attr("scope", "col").attr("aria-sort", aria).child(button)
}

fn what_is(column: Column) -> &'static str {
    match column {
        Column::Layer => "th.layer",
        Column::Share => "th.share",
        Column::Blocks
        | Column::Flops
        | Column::WeightBytes
        | Column::InputBytes
        | Column::OutputBytes
        | Column::Intensity => "th",
    }
}

/// One layer. A part of its own, so that lighting one row up redraws one row.
#[derive(PartialEq)]
struct Line {
    row: Row,
    /// Whether it says which blocks it is of.
    named: bool,
    placement: Option<Placement>,
    lit: bool,
    pinned: bool,
    dispatch: Dispatch,
}

impl View for Line {
    const NAME: &'static str = "line";

    fn view(&self, _: &mut Hooks) -> Html {
        let Line { row, named, placement, lit, pinned, dispatch } = self;
        let id = RowId::of(row);
        // A button in a row that is one itself: the row must not answer as well.
        let inner = |button: El, action: Action| {
            let dispatch = dispatch.clone();
            button.on(On::onclick, move |event: Event| {
                event.stop_propagation();
                dispatch.emit(action.clone());
            })
        };
        // No stop of the Tab key: the layer's own button opens the same formulas.
        let figure = |figure: Figure, human: String, exact: String| {
            let button = button(human).class("figure-button").attr("tabindex", "-1").attr("title", exact);
            el("td").child(inner(button, Action::Explain(id, figure)))
        };
        let bytes = |what: Figure, bytes: Bytes| match row.intensity {
            Some(_) => figure(what, bytes.human(), exact_bytes(bytes)),
            None => uncounted(),
        };
        let opener = button(row.name).class("layer-button").truth("aria-expanded", *pinned);
        let name = el("th.layer")
            .attr("scope", "row")
            .child(inner(opener, Action::Pin(id)))
            .child(named.then(|| el("span.of-group").child(str::to_owned(&row.group))));
        let share = placement.map(|placement| {
            el("span.share-box").child(bar(placement.share)).child(percent(placement.share))
        });
        // Without traffic there is only one roof.
        let bound = row.intensity.and(*placement).map(|placement| placement.bound.words());
        let line = match (*lit, *pinned) {
            (false, false) => el("tr"),
            (true, false) => el("tr.lit"),
            (false, true) => el("tr.pinned"),
            (true, true) => el("tr.lit pinned"),
        };
        line.send(On::onpointerenter, dispatch, Action::Hover(Some(id)))
            .send(On::onfocusin, dispatch, Action::Hover(Some(id)))
            .send(On::onclick, dispatch, Action::Pin(id))
            .child(name)
            .child(el("td").child(grouped(row.blocks.into())))
            .child(figure(Figure::Flops, row.flops.human(), exact_flops(row.flops)))
            .child(bytes(Figure::WeightBytes, row.weight_bytes))
            .child(bytes(Figure::InputBytes, row.input_bytes))
            .child(bytes(Figure::OutputBytes, row.output_bytes))
            .child(intensity(row.intensity))
            .child(el("td.share").child(share))
            .child(el("td.bound").child(bound))
            .into()
    }
}

fn totals(total: &Total) -> El {
    let bytes = |bytes: Bytes| match total.intensity {
        Some(_) => el("td").attr("title", exact_bytes(bytes)).child(bytes.human()),
        None => uncounted(),
    };
    el("tr")
        .child(el("th.layer").attr("scope", "row").child("All blocks"))
        .child(el("td"))
        .child(el("td").attr("title", exact_flops(total.flops)).child(total.flops.human()))
        .child(bytes(total.weight_bytes))
        .child(bytes(total.input_bytes))
        .child(bytes(total.output_bytes))
        .child(intensity(total.intensity))
        .child(el("td.share"))
        .child(el("td.bound"))
}

/// Where the way of counting has no bytes.
fn uncounted() -> El {
    el("td").child("–")
}

fn intensity(intensity: Option<Intensity>) -> El {
    let exact = intensity.map(|intensity| format!("{} FLOP/B", intensity.0));
    let shown = intensity.map_or_else(|| "–".to_owned(), |intensity| plain(intensity.0));
    el("td").attr("title", exact).child(shown)
}

pub fn exact_flops(flops: Flops) -> String {
    format!("{} FLOP", grouped(flops.0))
}

pub fn exact_bytes(bytes: Bytes) -> String {
    format!("{} B", grouped(bytes.0))
}
