//! Taking the answer away: a link, the table, the picture.

use crate::engine::{Hardware, Report};
use crate::export::Format;
use crate::plot::{DARK, LIGHT, RooflineChart, Theme, roofline_svg};
use crate::share::Scenario;
use crate::ui::browser::{copy, download, save_address};
use crate::ui::components::png;
use crate::ui::dom::{Dispatch, El, On, button, list};
use crate::ui::state::Action;
use crate::ui::subject::sentence;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::Event;
use yew::Html;

/// CSS pixels of a downloaded picture.
const PICTURE: (u32, u32) = (960, 600);

pub fn copy_link(scenario: Option<Scenario>, dispatch: &Dispatch) -> El {
    let nothing = scenario.is_none();
    let dispatch = dispatch.clone();
    let copy = move |_: Event| {
        let Some(scenario) = &scenario else { return };
        match scenario.to_fragment() {
            Ok(fragment) => {
                let link = format!("{}#{fragment}", page_address());
                put(link, "link", format!("Link copied. {}", scenario.contents()), dispatch.clone());
            }
            Err(error) => dispatch.emit(Action::Say(sentence(&error.to_string()))),
        }
    };
    button("Copy link").class("primary").flag("disabled", nothing).on(On::onclick, copy)
}

pub fn take_picture(report: &Rc<Report>, hardware: &Rc<Hardware>, dark: bool, dispatch: &Dispatch) -> Html {
    let theme = if dark { DARK } else { LIGHT };
    let take =
        |words: &'static str, label: &'static str, make: fn(&Report, &Hardware, &Theme) -> Option<()>| {
            let (report, hardware, dispatch) = (Rc::clone(report), Rc::clone(hardware), dispatch.clone());
            button(words).attr("aria-label", label).on(On::onclick, move |_: Event| {
                if make(&report, &hardware, &theme).is_none() {
                    dispatch.emit(Action::Say("The browser did not save the picture.".to_owned()));
                }
            })
        };
    let svg = |report: &Report, hardware: &Hardware, theme: &Theme| {
        let svg = roofline_svg(report, hardware, theme, PICTURE);
        download(&format!("{}-roofline.svg", stem(report)), "image/svg+xml", svg.as_bytes()).ok()
    };
    let png = |report: &Report, hardware: &Hardware, theme: &Theme| {
        let address = png(&RooflineChart::new(report, hardware, None)?, theme, PICTURE)?;
        save_address(&format!("{}-roofline.png", stem(report)), &address).ok()
    };
    list([take("SVG", "Download the roofline as SVG", svg), take("PNG", "Download the roofline as PNG", png)])
}

pub fn take_table(report: &Rc<Report>, dispatch: &Dispatch) -> Html {
    let copy = |words: &'static str, format: Format, what: &'static str, said: &'static str| {
        let (report, dispatch) = (Rc::clone(report), dispatch.clone());
        button(words).on(On::onclick, move |_: Event| {
            put(format.write(&report), what, said.to_owned(), dispatch.clone());
        })
    };
    let save = |words: &'static str, format: Format, label: &'static str| {
        let (report, dispatch) = (Rc::clone(report), dispatch.clone());
        button(words).attr("aria-label", label).on(On::onclick, move |_: Event| {
            let name = format!("{}.{}", stem(&report), format.extension());
            if download(&name, format.media_type(), format.write(&report).as_bytes()).is_err() {
                dispatch.emit(Action::Say("The browser did not save the file.".to_owned()));
            }
        })
    };
    let with_tabs = "Table copied with tabs: paste it into a spreadsheet.";
    list([
        copy("Copy Markdown", Format::Markdown, "Markdown table", "Table copied as Markdown."),
        copy("Copy TSV", Format::Tsv, "tab-separated table", with_tabs),
        save("CSV", Format::Csv, "Download the table as CSV"),
        save("JSON", Format::Json, "Download the report as JSON"),
    ])
}

/// Copies a text and says so, or lays it out to be copied by hand.
fn put(text: String, what: &'static str, said: String, dispatch: Dispatch) {
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
