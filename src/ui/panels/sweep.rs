//! What if: the figures of serving while something is varied.

use super::takeaway::{plain, save_text, take_picture};
use crate::engine::serving::Serving;
use crate::engine::serving::sweep::{self, Curve, Measure, Sweep};
use crate::engine::{Hardware, Workload};
use crate::export::{Format, sweep_row, sweep_sentences, sweep_titles};
use crate::plot::{CurveChart, DARK, LIGHT, Mark, Picture, hit};
use crate::ui::components::{Canvas, Field, Options, Tip, field, fold, segmented, select};
use crate::ui::dom::{Dispatch, El, Node, On, button, el, list};
use crate::ui::hooks::{Varied, use_curve};
use crate::ui::part::{Hooks, View, part};
use crate::ui::state::Action;
use crate::ui::subject::{Subject, complaint};
use std::rc::Rc;
use web_sys::{Event, MouseEvent};
use yew::Html;

/// What is asked most: words, and the sweep they stand for.
const PRESETS: [(&str, &str); 7] = [
    ("Nothing", ""),
    ("Batch size", "batch=1..512"),
    ("Cached tokens", "context=1024..131072"),
    ("Input tokens", "input=128..32768"),
    ("Tensor-parallel devices", "devices=1..8"),
    ("Format of the weights", "weights=auto,fp8,q6_k,q4_k_m,int4-g128"),
    ("Batch size and devices", "batch=1..512 devices=1..8"),
];
/// How far from a dot's edge the pointer may be.
const REACH: f64 = 24.0;
/// The most rows that the page lists; a file has all.
const MAX_ROWS: usize = 256;

#[derive(PartialEq)]
pub struct SweepPanel {
    pub text: String,
    pub sweeps: Rc<Vec<Sweep>>,
    pub measure: Measure,
    pub subject: Rc<Subject>,
    pub workload: Rc<Workload>,
    pub hardware: Rc<Hardware>,
    pub serving: Serving,
    /// FLOP/B.
    pub ridge: Option<f64>,
    pub dark: bool,
    pub dispatch: Dispatch,
}

impl View for SweepPanel {
    const NAME: &'static str = "sweep";

    fn view(&self, hooks: &mut Hooks) -> Html {
        let SweepPanel { text, sweeps, measure, dispatch, .. } = self;
        let (known, stop) = use_curve(
            hooks,
            Varied {
                subject: Rc::clone(&self.subject),
                workload: Rc::clone(&self.workload),
                hardware: Rc::clone(&self.hardware),
                serving: self.serving,
                sweeps: Rc::clone(sweeps),
            },
        );
        let near = hooks.state(|| None::<Mark>);
        let open = hooks.state(|| false);
        let drawn = hooks.state(Rc::<Vec<Mark>>::default);
        let chart = hooks.memo((known.curve.clone(), *measure, self.ridge), |(curve, measure, ridge)| {
            CurveChart::new(curve.as_ref()?, *measure, *ridge).map(Rc::new)
        });

        let section = el("section.serving sweep")
            .attr("aria-labelledby", "sweep-title")
            .child(el("h2").attr("id", "sweep-title").child("What if"))
            .child(controls(text, dispatch));
        let Some(curve) = &known.curve else { return section.into() };
        let names = Measure::ALL.map(Measure::words);
        let chosen = Measure::ALL.iter().position(|other| other == measure);
        let look = dispatch.reform(|i: usize| Action::Measure(Measure::ALL[i.min(Measure::ALL.len() - 1)]));
        let progress = (known.left > 0).then(|| {
            let stop = button("Stop").on(On::onclick, move |_: Event| stop());
            el("p.note").attr("role", "status").child(format!("{} points to go. ", known.left)).child(stop)
        });
        let picture = chart.map(|chart| {
            let picture = Picture::Curve(chart);
            let theme = if self.dark { DARK } else { LIGHT };
            let marks = drawn.get();
            let on_move = {
                let near = near.clone();
                move |event: MouseEvent| {
                    near.set(hit(&marks, event.offset_x().into(), event.offset_y().into(), REACH).copied());
                }
            };
            let tools = el("div.tools")
                .child(take_picture(&picture, stem(curve), self.dark, dispatch))
                .child(save_points(curve, dispatch));
            let tip = near.get().and_then(|mark| tip(curve, mark)).map(part);
            let plot = el("div.plot")
                .on(On::onpointermove, on_move)
                .on(On::onpointerleave, move |_: MouseEvent| near.set(None))
                .child(part(Canvas { picture, theme, drawn }))
                .child(tip);
            el(if self.dark { "div.dark-picture" } else { "div" }).child(tools).child(plot)
        });
        let nothing = picture.is_none().then(|| {
            el("p.empty").child("No point has this figure: nothing fits, or only one token is generated.")
        });
        // The last sentence says what is best, which is the question of one chart alone.
        let mut sentences: Vec<String> = sweep_sentences(curve).collect();
        if *measure != Measure::Tradeoff {
            sentences.pop();
        }
        let sentences = sentences.into_iter().map(|sentence| el("li").child(sentence));
        section
            .child(segmented("What is drawn", &names, chosen, &look))
            .child(progress)
            .child(picture)
            .child(nothing)
            .child(el("ul.sweep-marks").each(sentences))
            .child((known.left == 0).then(|| fold(open, "All points", || points(curve))))
            .into()
    }
}

fn controls(text: &str, dispatch: &Dispatch) -> El {
    let mut options = Options::default();
    let known = PRESETS.iter().any(|preset| preset.1 == text);
    for (words, sweep) in PRESETS {
        options.add(sweep, words, sweep == text);
    }
    if !known {
        options.add(text.to_owned(), "As typed", true);
    }
    let preset = select(options, dispatch, Action::Vary).attr("id", "sweep-preset");
    let preset = el("div.field").child(el("label").attr("for", "sweep-preset").child("Vary")).child(preset);
    let typed = Field {
        id: "sweep-ranges",
        label: "Ranges",
        value: text,
        hint: "batch, context, input, devices or weights; x64 behind a range takes 64 points of it, +8 every eighth.",
        placeholder: "batch=1..512",
        error: sweep::read(text).err().map(|error| complaint(&error)),
        wide: true,
        ..Field::default()
    };
    el("div.serving-fields sweep-fields").child(preset).child(field(typed, dispatch, Action::Vary))
}

/// What a dot stands for.
fn tip(curve: &Curve, mark: Mark) -> Option<Tip> {
    let at = mark.row?;
    let row = curve.rows.get(at)?;
    let point = row.result.as_ref().ok()?;
    let title: Vec<String> =
        row.settings.iter().map(|setting| format!("{} {setting}", setting.id())).collect();
    let titles = sweep_titles(curve);
    let cells = sweep_row(curve, at);
    let shown = titles.iter().zip(cells).skip(curve.sweeps.len());
    // Step, time per output token, tokens per second, memory; the rest is in the table.
    let lines = shown.filter(|(_, cell)| cell.len() > 2).take(3);
    let mut lines: Vec<String> = lines.map(|(title, cell)| format!("{title}: {cell}")).collect();
    lines.push(format!("{} of {}", point.memory.needed.human(), point.memory.room.human()));
    lines.push(if point.fits { point.limit.words() } else { "does not fit" }.to_owned());
    Some(Tip { x: mark.x, y: mark.y, gap: mark.radius + 10.0, title: title.join(", "), lines })
}

fn points(curve: &Curve) -> Html {
    let heads = sweep_titles(curve).into_iter().map(|head| el("th").attr("scope", "col").child(head));
    let rows = (0..curve.rows.len().min(MAX_ROWS))
        .map(|at| el("tr").each(sweep_row(curve, at).into_iter().map(|cell| el("td").child(cell))));
    let table = el("table.layers-table serving-table")
        .child(el("caption.visually-hidden").child("Every point of the sweep"))
        .child(el("thead").child(el("tr").each(heads)))
        .child(el("tbody").each(rows));
    let more = curve.rows.len().saturating_sub(MAX_ROWS);
    let more = (more > 0).then(|| el("p.note").child(format!("{more} more are in the CSV.")));
    let region = el("div.scroll")
        .attr("role", "region")
        .attr("tabindex", "0")
        .attr("aria-label", "Every point of the sweep")
        .child(table);
    list([region.node(), more.node()])
}

fn save_points(curve: &Rc<Curve>, dispatch: &Dispatch) -> El {
    let name = format!("{}.csv", stem(curve));
    let curve = Rc::clone(curve);
    let text = move || Format::Csv.write_curve(&curve, true);
    let save = save_text("CSV", name, Format::Csv.media_type(), dispatch, text);
    save.attr("aria-label", "Download the points as CSV")
}

fn stem(curve: &Curve) -> String {
    format!("{}-sweep", plain(curve.model.as_deref().unwrap_or("model")))
}
