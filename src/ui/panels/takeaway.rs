//! Taking the answer away: a link, the table, the picture.

use crate::engine::{Hardware, Report};
use crate::export::Format;
use crate::plot::{DARK, LIGHT, RooflineChart, roofline_svg};
use crate::share::Scenario;
use crate::ui::browser::{copy, download, save_address};
use crate::ui::components::png;
use crate::ui::state::Action;
use crate::ui::subject::sentence;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// CSS pixels of a downloaded picture.
const PICTURE: (u32, u32) = (960, 600);

pub fn copy_link(scenario: Option<Scenario>, dispatch: &Callback<Action>) -> Html {
    let onclick = {
        let (scenario, dispatch) = (scenario.clone(), dispatch.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(scenario) = &scenario else { return };
            match scenario.to_fragment() {
                Ok(fragment) => {
                    let link = format!("{}#{fragment}", page_address());
                    put(link, "link", format!("Link copied. {}", scenario.contents()), dispatch.clone());
                }
                Err(error) => dispatch.emit(Action::Say(sentence(&error.to_string()))),
            }
        })
    };
    html! {
        <button type="button" class="primary" disabled={scenario.is_none()} {onclick}>{ "Copy link" }</button>
    }
}

pub fn take_picture(
    report: &Rc<Report>,
    hardware: &Rc<Hardware>,
    dark: bool,
    dispatch: &Callback<Action>,
) -> Html {
    let theme = if dark { DARK } else { LIGHT };
    let take = |make: fn(&Report, &Hardware, &crate::plot::Theme) -> bool| {
        let (report, hardware, dispatch) = (Rc::clone(report), Rc::clone(hardware), dispatch.clone());
        Callback::from(move |_: MouseEvent| {
            if !make(&report, &hardware, &theme) {
                dispatch.emit(Action::Say("The browser did not save the picture.".to_owned()));
            }
        })
    };
    let svg = take(|report, hardware, theme| {
        let svg = roofline_svg(report, hardware, theme, PICTURE);
        download(&format!("{}-roofline.svg", stem(report)), "image/svg+xml", svg.as_bytes()).is_ok()
    });
    let picture = take(|report, hardware, theme| {
        let chart = RooflineChart::new(report, hardware, None);
        let address = chart.and_then(|chart| png(&chart, theme, PICTURE));
        address
            .is_some_and(|address| save_address(&format!("{}-roofline.png", stem(report)), &address).is_ok())
    });
    html! {
        <>
            <button type="button" onclick={svg} aria-label="Download the roofline as SVG">{ "SVG" }</button>
            <button type="button" onclick={picture} aria-label="Download the roofline as PNG">{ "PNG" }</button>
        </>
    }
}

pub fn take_table(report: &Rc<Report>, dispatch: &Callback<Action>) -> Html {
    let copy_as = |format: Format, what: &'static str, said: &'static str| {
        let (report, dispatch) = (Rc::clone(report), dispatch.clone());
        Callback::from(move |_: MouseEvent| {
            put(format.write(&report), what, said.to_owned(), dispatch.clone());
        })
    };
    let save_as = |format: Format| {
        let (report, dispatch) = (Rc::clone(report), dispatch.clone());
        Callback::from(move |_: MouseEvent| {
            let name = format!("{}.{}", stem(&report), format.extension());
            if download(&name, format.media_type(), format.write(&report).as_bytes()).is_err() {
                dispatch.emit(Action::Say("The browser did not save the file.".to_owned()));
            }
        })
    };
    let markdown = copy_as(Format::Markdown, "Markdown table", "Table copied as Markdown.");
    let tsv =
        copy_as(Format::Tsv, "tab-separated table", "Table copied with tabs: paste it into a spreadsheet.");
    html! {
        <>
            <button type="button" onclick={markdown}>{ "Copy Markdown" }</button>
            <button type="button" onclick={tsv}>{ "Copy TSV" }</button>
            <button type="button" onclick={save_as(Format::Csv)} aria-label="Download the table as CSV">{ "CSV" }</button>
            <button type="button" onclick={save_as(Format::Json)} aria-label="Download the report as JSON">{ "JSON" }</button>
        </>
    }
}

/// Copies a text and says so, or lays it out to be copied by hand.
fn put(text: String, what: &'static str, said: String, dispatch: Callback<Action>) {
    spawn_local(async move {
        dispatch.emit(if copy(&text).await { Action::Say(said) } else { Action::OfferCopy(what, text) });
    });
}

/// A file name: what the model is called, without what file systems refuse.
fn stem(report: &Report) -> String {
    let name = report.model.name.as_deref().unwrap_or(&report.model.model_type);
    let name = name.rsplit('/').next().unwrap_or(name);
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect()
}

fn page_address() -> String {
    let location = crate::ui::browser::window().and_then(|window| window.location().href().ok());
    let location = location.unwrap_or_default();
    location.split('#').next().unwrap_or_default().to_owned()
}
