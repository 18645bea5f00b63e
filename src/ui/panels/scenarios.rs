//! The scenario on show among others: what sets them apart, one roofline, one table.

use super::scenario_table::tables;
use super::takeaway::{copy_text, embed, save_text, take_picture};
use crate::engine::Report;
use crate::engine::catalog::MODELS;
use crate::engine::hardware::{PRESETS, Preset};
use crate::engine::lineup::{Lineup, Side, letter, lineup};
use crate::engine::quantity::{Intensity, percent, rate};
use crate::engine::serving::Plan;
use crate::export::{lineup_csv, lineup_markdown};
use crate::plot::{DARK, LIGHT, Mark, Picture, RooflineChart, Theme, hex, hit};
use crate::share::{Embed, MAX_VERSUS};
use crate::ui::components::{Canvas, Choice, Choices, Combobox, Tip};
use crate::ui::dom::{Dispatch, El, Node, On, button, el, list};
use crate::ui::hooks::Planned;
use crate::ui::link::Shown;
use crate::ui::part::{Hooks, View, part};
use crate::ui::setup::{Setup, Variation};
use crate::ui::state::Action;
use crate::ui::subject::sentence;
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::MouseEvent;
use yew::Html;

/// How far from a mark's edge the pointer may be.
const REACH: f64 = 24.0;

#[derive(PartialEq)]
pub struct Scenarios {
    pub shown: Rc<Shown>,
    /// The scenario on show, and what it comes to.
    pub now: Setup,
    pub report: Rc<Report>,
    pub plan: Option<Planned>,
    pub beside: Vec<Setup>,
    pub dark: bool,
    pub dispatch: Dispatch,
}

/// What a scenario comes to.
#[derive(Clone)]
struct Outcome {
    report: Option<Rc<Report>>,
    plan: Option<Rc<Plan>>,
    /// Why there is no report, though the model is there.
    trouble: Option<String>,
}

/// All of them, worked out.
pub struct Compared {
    /// What each is: the one on show in full, the others by what sets them apart from it.
    pub names: Vec<String>,
    pub lineup: Lineup,
    /// Whether each fits its device.
    pub fits: Vec<bool>,
    troubles: Vec<Option<String>>,
    chart: Option<Rc<RooflineChart>>,
}

impl View for Scenarios {
    const NAME: &'static str = "scenarios";

    fn view(&self, hooks: &mut Hooks) -> Html {
        let Scenarios { now, beside, dark, dispatch, .. } = self;
        let known = hooks.keep(|| RefCell::new(Vec::new()));
        let depends = (now.clone(), Rc::clone(&self.report), self.plan.clone(), beside.clone());
        let compared = hooks.memo(depends, |(now, report, plan, beside)| {
            if beside.is_empty() {
                return None;
            }
            let plan = plan.as_deref().and_then(|plan| plan.as_ref().ok()).cloned().map(Rc::new);
            let mut outcomes = vec![Outcome { report: Some(Rc::clone(report)), plan, trouble: None }];
            outcomes.extend(worked_out(beside, &mut known.borrow_mut()));
            Some(Rc::new(compared(now, beside, &outcomes)))
        });
        let compared = compared.as_ref();
        let drawn = hooks.state(Rc::<Vec<Mark>>::default);
        let near = hooks.state(|| None::<Mark>);
        let open = hooks.state(|| false);
        let theme = if *dark { DARK } else { LIGHT };
        let picture = compared.and_then(|compared| compared.chart.as_ref()).map(|chart| {
            let (marks, at) = (drawn.clone(), near.clone());
            let on_move = move |event: MouseEvent| {
                at.set(hit(&marks.get(), event.offset_x().into(), event.offset_y().into(), REACH).copied());
            };
            let away = near.clone();
            el("div.plot")
                .on(On::onpointermove, on_move)
                .on(On::onpointerleave, move |_: MouseEvent| away.set(None))
                .child(part(Canvas { picture: Picture::Roofline(Rc::clone(chart)), theme, drawn }))
                .child(near.get().and_then(|mark| tip(chart, mark)).map(part))
        });
        let aside = "Ratios are to A, the scenario on the page.";
        let head = compared.map(|compared| {
            el("div.section-head")
                .child(el("h2").attr("id", "scenarios-title").child("Scenarios"))
                .child(el("p.aside").child(aside))
                .child(el("div.tools").child(take(compared, *dark, dispatch)).child(embed(
                    Embed::Chart,
                    &self.shown,
                    true,
                    dispatch,
                )))
        });
        let sides = compared.map(|compared| {
            let row = |(place, name): (usize, &String)| self.side(compared, place, name, &theme);
            el("ol.sides").each(compared.names.iter().enumerate().map(row))
        });
        el(match (compared.is_some(), *dark) {
            (false, _) => "section.scenarios",
            (true, false) => "section.scenarios scenarios-any",
            (true, true) => "section.scenarios scenarios-any dark-picture",
        })
        .attr("aria-label", "Scenarios")
        .child(head)
        .child(sides)
        .child(self.further())
        .child(picture.or_else(|| {
            compared.map(|_| {
                el("p.empty").child("The way of counting of A has no bytes, so there is no roofline.")
            })
        }))
        .child(compared.map(|compared| tables(compared, &theme, open)))
        .into()
    }
}

impl Scenarios {
    fn side(&self, compared: &Compared, place: usize, name: &str, theme: &Theme) -> El {
        let said = if name.is_empty() {
            "The same as A, until either is changed".to_owned()
        } else {
            name.to_owned()
        };
        let trouble = compared.troubles.get(place).cloned().flatten();
        let act = |words: &'static str, action: Action| {
            let label = format!("{words} scenario {}", letter(place));
            button(words).attr("aria-label", label).send(On::onclick, &self.dispatch, action)
        };
        let acts = place.checked_sub(1).map(|at| {
            let away = self.beside.get(at).is_some_and(|setup| setup.subject().is_none());
            el("span.acts")
                .child(act(if away { "Fetch and open" } else { "Open" }, Action::Swap(at)))
                .child(act("Remove", Action::Drop(at)))
        });
        el("li")
            .child(badge(place, theme))
            .child(el("span.said").child(said).child(trouble.map(|why| el("span.why").child(why))))
            .child(acts)
    }

    /// Ways to a further scenario. It stays where it is when the first is kept, and so does the focus.
    fn further(&self) -> El {
        let Scenarios { now, beside, dispatch, .. } = self;
        let offers = Variation::offers(now, beside)
            .into_iter()
            .map(|offer| button(offer.words()).send(On::onclick, dispatch, Action::Beside(offer)));
        let add = |to: fn(usize) -> Variation| dispatch.reform(move |i| Action::Beside(to(i)));
        let devices = Combobox {
            id: "beside-device",
            label: "Another device",
            placeholder: format!("Search {} devices", PRESETS.len()),
            choices: Choices(|| {
                let choice = |preset: &Preset| Choice { name: preset.name, detail: preset.vendor.into() };
                PRESETS.iter().map(choice).collect()
            }),
            chosen: None,
            nothing: "No built-in device matches.",
            on_choose: add(|i| Variation::Device(&PRESETS[i])),
        };
        let models = Combobox {
            id: "beside-model",
            label: "Another model",
            placeholder: format!("Search {} models", MODELS.len()),
            choices: Choices(|| {
                MODELS.iter().map(|entry| Choice { name: entry.id, detail: "".into() }).collect()
            }),
            chosen: None,
            nothing: "No built-in model matches. Keep this scenario, then fetch the other one.",
            on_choose: add(|i| Variation::Model(&MODELS[i])),
        };
        let full = beside.len() >= MAX_VERSUS;
        let body = match full {
            true => el("p.note").child(format!("{MAX_VERSUS} scenarios are kept, and a link holds no more.")).node(),
            false => list([
                el("div.buttons").each(offers),
                el("div.further-fields").child(part(devices)).child(part(models)),
                el("p.note").child("A kept scenario stays as it is while the page goes on. Each other one differs from the page in what its button says."),
            ]),
        };
        let words = if beside.is_empty() {
            "Compare with another device, precision, step or model"
        } else {
            "One more"
        };
        el("details.fold further").child(el("summary").child(words)).child(el("div").child(body))
    }
}

/// The letter of a scenario in its tone.
pub fn badge(place: usize, theme: &Theme) -> El {
    let tone = theme.tone(place);
    el("svg.badge")
        .attr("viewBox", "0 0 20 20")
        .attr("aria-hidden", "true")
        .child(
            el("circle")
                .attr("cx", "10")
                .attr("cy", "10")
                .attr("r", "8.75")
                .attr("stroke", hex(tone))
                .attr("fill", hex(theme.wash(tone))),
        )
        .child(
            el("text")
                .attr("x", "10")
                .attr("y", "14")
                .attr("fill", hex(theme.ink))
                .child(letter(place).to_string()),
        )
}

fn take(compared: &Rc<Compared>, dark: bool, dispatch: &Dispatch) -> Html {
    let picture = compared.chart.as_ref().map(|chart| {
        take_picture(&Picture::Roofline(Rc::clone(chart)), "scenarios".to_owned(), dark, dispatch)
    });
    let (for_markdown, for_csv) = (Rc::clone(compared), Rc::clone(compared));
    let copy =
        copy_text("Copy Markdown", "Markdown table", "Table copied as Markdown.", dispatch, move || {
            lineup_markdown(&for_markdown.lineup, &for_markdown.names)
        });
    let save = save_text(
        "CSV",
        "scenarios.csv".to_owned(),
        "text/csv;charset=utf-8;header=present",
        dispatch,
        move || lineup_csv(&for_csv.lineup, &for_csv.names),
    );
    list([
        picture,
        Some(copy.node()),
        Some(save.attr("aria-label", "Download the scenarios as CSV").node()),
        Some(button("Clear").send(On::onclick, dispatch, Action::DropAll).node()),
    ])
}

/// What scenarios come to; those worked out before are not worked out again.
fn worked_out(beside: &[Setup], known: &mut Vec<(Setup, Outcome)>) -> Vec<Outcome> {
    let of = |setup: &Setup| {
        let before = known.iter().find(|(other, _)| other == setup);
        before.map(|(_, outcome)| outcome.clone()).unwrap_or_else(|| {
            let (report, trouble) = match setup.report() {
                Some(Ok(report)) => (Some(Rc::new(report)), None),
                Some(Err(error)) => (None, Some(sentence(&error.to_string()))),
                None => (None, Some("Not fetched yet.".to_owned())),
            };
            Outcome { report, plan: setup.plan().and_then(Result::ok).map(Rc::new), trouble }
        })
    };
    let outcomes: Vec<Outcome> = beside.iter().map(of).collect();
    *known = beside.iter().cloned().zip(outcomes.iter().cloned()).collect();
    outcomes
}

fn compared(now: &Setup, beside: &[Setup], outcomes: &[Outcome]) -> Compared {
    let mut names = vec![now.words()];
    names.extend(beside.iter().map(|setup| setup.apart_from(now).join(" · ")));
    let sides: Vec<Side> = outcomes
        .iter()
        .map(|outcome| Side { report: outcome.report.as_deref(), plan: outcome.plan.as_deref() })
        .collect();
    let fits = |outcome: &Outcome| {
        let placed = outcome.report.as_ref().and_then(|report| report.roofline.as_ref());
        placed.is_none_or(|placed| placed.fits)
    };
    let setups = std::iter::once(now).chain(beside);
    let chart = |(place, (setup, outcome)): (usize, (&Setup, &Outcome))| {
        let mut chart = RooflineChart::new(outcome.report.as_deref()?, &setup.hardware, None)?;
        chart.title = names
            .get(place)
            .filter(|name| !name.is_empty())
            .cloned()
            .unwrap_or_else(|| "the same as A".to_owned());
        (!chart.points.is_empty()).then_some(chart)
    };
    let mut charts = setups.zip(outcomes).enumerate().map(chart);
    let first = charts.next().flatten();
    let chart = first.map(|first| Rc::new(first.with(charts.collect())));
    Compared {
        lineup: lineup(&sides),
        fits: outcomes.iter().map(fits).collect(),
        troubles: outcomes.iter().map(|outcome| outcome.trouble.clone()).collect(),
        chart,
        names,
    }
}

fn tip(chart: &RooflineChart, mark: Mark) -> Option<Tip> {
    let own = chart.scenarios().find(|own| own.place == mark.scenario)?;
    let point = own.points.iter().find(|point| point.row == mark.row)?;
    let mut lines = vec![Intensity(point.intensity).human(), format!("≤ {}", rate(point.attainable))];
    if point.row.is_some() {
        lines.push(format!("{} of the time", percent(point.share)));
    }
    let title = format!("{} · {}", letter(mark.scenario), point.name);
    Some(Tip { x: mark.x, y: mark.y, gap: mark.radius + 10.0, title, lines })
}
