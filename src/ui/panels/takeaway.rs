//! Taking the answer away: a link, the table, the picture.

use crate::engine::Report;
use crate::export::Format;
use crate::plot::{DARK, LIGHT, Picture, picture_svg};
use crate::share::{Embed, Scenario};
use crate::ui::browser::{copy, download, page_address, save_address};
use crate::ui::components::png;
use crate::ui::dom::{Dispatch, El, On, button, list};
use crate::ui::link::{Shown, frame};
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

/// A button that copies what shows a part in another page.
pub fn embed(part: Embed, shown: &Rc<Shown>, beside: bool, dispatch: &Dispatch) -> El {
    let (shown, to) = (Rc::clone(shown), dispatch.clone());
    let copy = move |_: Event| match frame(&shown, part, beside, &page_address()) {
        Ok(code) => {
            put(code, "code", "Code copied: it shows this in a page of yours.".to_owned(), to.clone())
        }
        Err(error) => to.emit(Action::Say(sentence(&error.to_string()))),
    };
    let label = match part {
        Embed::Chart => "Embed the roofline: copy its code",
        Embed::Table => "Embed the table: copy its code",
    };
    button("Embed").attr("aria-label", label).on(On::onclick, copy)
}

/// Buttons that save a picture under a name.
pub fn take_picture(picture: &Picture, name: String, dark: bool, dispatch: &Dispatch) -> Html {
    let theme = if dark { DARK } else { LIGHT };
    let svg = {
        let picture = picture.clone();
        move || picture_svg(&picture, &theme, PICTURE)
    };
    let svg = save_text("SVG", format!("{name}.svg"), "image/svg+xml", dispatch, svg);
    let labels = match picture {
        Picture::Roofline(_) => ["Download the roofline as SVG", "Download the roofline as PNG"],
        Picture::Curve(_) => ["Download the curve as SVG", "Download the curve as PNG"],
    };
    let (picture, dispatch) = (picture.clone(), dispatch.clone());
    let png = move |_: Event| {
        let address = png(&picture, &theme, PICTURE);
        if address.and_then(|address| save_address(&format!("{name}.png"), &address).ok()).is_none() {
            dispatch.emit(Action::Say("The browser did not save the picture.".to_owned()));
        }
    };
    list([
        svg.attr("aria-label", labels[0]),
        button("PNG").attr("aria-label", labels[1]).on(On::onclick, png),
    ])
}

pub fn take_table(report: &Rc<Report>, dispatch: &Dispatch) -> Html {
    let copy = |words: &'static str, format: Format, what: &'static str, said: &'static str| {
        let report = Rc::clone(report);
        copy_text(words, what, said, dispatch, move || format.write(&report))
    };
    let save = |words: &'static str, format: Format, label: &'static str| {
        let name = format!("{}.{}", stem(report), format.extension());
        let report = Rc::clone(report);
        let save = save_text(words, name, format.media_type(), dispatch, move || format.write(&report));
        save.attr("aria-label", label)
    };
    let with_tabs = "Table copied with tabs: paste it into a spreadsheet.";
    list([
        copy("Copy Markdown", Format::Markdown, "Markdown table", "Table copied as Markdown."),
        copy("Copy TSV", Format::Tsv, "tab-separated table", with_tabs),
        save("CSV", Format::Csv, "Download the table as CSV"),
        save("JSON", Format::Json, "Download the report as JSON"),
    ])
}

/// A button that copies a text and says so.
pub fn copy_text(
    words: &'static str,
    what: &'static str,
    said: &'static str,
    dispatch: &Dispatch,
    text: impl Fn() -> String + 'static,
) -> El {
    let dispatch = dispatch.clone();
    button(words).on(On::onclick, move |_: Event| put(text(), what, said.to_owned(), dispatch.clone()))
}

/// A button that saves a text as a file.
pub fn save_text(
    words: &'static str,
    name: String,
    media_type: &'static str,
    dispatch: &Dispatch,
    text: impl Fn() -> String + 'static,
) -> El {
    let dispatch = dispatch.clone();
    button(words).on(On::onclick, move |_: Event| {
        if download(&name, media_type, text().as_bytes()).is_err() {
            dispatch.emit(Action::Say("The browser did not save the file.".to_owned()));
        }
    })
}

/// Copies a text and says so, or lays it out to be copied by hand.
fn put(text: String, what: &'static str, said: String, dispatch: Dispatch) {
    spawn_local(async move {
        dispatch.emit(if copy(&text).await { Action::Say(said) } else { Action::OfferCopy(what, text) });
    });
}

/// A file name: what the model is called, without what file systems refuse.
pub fn stem(report: &Report) -> String {
    plain(report.model.name.as_deref().unwrap_or(&report.model.model_type))
}

/// The last part of a name, without what file systems refuse.
pub fn plain(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect()
}
