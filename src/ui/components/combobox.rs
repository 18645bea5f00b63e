//! A searchable list: type to narrow it, arrows and Enter to choose, Escape to leave.

use crate::ui::browser::document;
use crate::ui::dom::{On, el, text_of};
use crate::ui::part::{Hooks, State, View};
use std::cell::OnceCell;
use std::rc::Rc;
use web_sys::{Event, KeyboardEvent};
use yew::{AttrValue, Callback, Html};

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub name: &'static str,
    pub detail: AttrValue,
}

/// All lines of one list.
pub struct Choices(pub fn() -> Vec<Choice>);

impl PartialEq for Choices {
    /// What a list offers never changes.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(PartialEq)]
pub struct Combobox {
    pub id: &'static str,
    pub label: &'static str,
    pub placeholder: String,
    /// What there is to choose from; asked once, when the list is first opened.
    pub choices: Choices,
    /// The place and the name of what is chosen.
    pub chosen: Option<(usize, &'static str)>,
    /// What is said where nothing is found.
    pub nothing: &'static str,
    pub on_choose: Callback<usize>,
}

/// What it is doing: none when it is closed, else what was typed and which of the lines found is active.
type Search = Option<(String, usize)>;

impl View for Combobox {
    const NAME: &'static str = "combobox";

    fn view(&self, hooks: &mut Hooks) -> Html {
        let search = hooks.state(Search::default);
        let (query, active) = search.get().unwrap_or_default();
        let open = search.get().is_some();
        let known = hooks.keep(OnceCell::<Vec<Choice>>::new);
        // Found and drawn only while they are seen: hundreds of elements.
        let choices: &[Choice] = if open { known.get_or_init(self.choices.0) } else { &[] };
        let found: Rc<[usize]> = choices
            .iter()
            .enumerate()
            .filter(|(_, choice)| matches(&query, choice.name) || matches(&query, &choice.detail))
            .map(|(i, _)| i)
            .collect();
        let list = format!("{}-list", self.id);
        let line = |at: usize| format!("{}-{at}", self.id);

        // The active line stays in sight while arrows move it.
        let line_in_view = open.then(|| line(active));
        hooks.effect((line_in_view.clone(), query), move || line_in_view.as_deref().and_then(show));

        let on_key = self.on_key(&search, &found);
        let (on_press, on_focus, on_type, on_blur) =
            (search.clone(), search.clone(), search.clone(), search.clone());
        let first = (String::new(), self.first());
        let pressed = first.clone();
        let chosen = self.chosen.filter(|_| !open);
        let input = el("input")
            .attr("id", self.id)
            .attr("role", "combobox")
            .attr("type", "text")
            .attr("autocomplete", "off")
            .attr("autocapitalize", "off")
            .attr("spellcheck", "false")
            .attr("aria-autocomplete", "list")
            .truth("aria-expanded", open)
            .attr("aria-controls", list.clone())
            .attr("aria-activedescendant", (open && !found.is_empty()).then(|| line(active)))
            .attr("placeholder", self.placeholder.clone())
            .holds(chosen.map_or_else(|| search.get().unwrap_or_default().0, |(_, name)| name.to_owned()))
            .on(On::oninput, move |event| on_type.set(Some((text_of(&event), 0))))
            .on(On::onkeydown, on_key)
            .on(On::onblur, move |_: Event| on_blur.set(None))
            .on(On::onfocus, move |_: Event| on_focus.set(on_focus.get().or_else(|| Some(first.clone()))))
            .on(On::onclick, move |_: Event| on_press.set(on_press.get().or_else(|| Some(pressed.clone()))));
        let option = |(at, &i): (usize, &usize)| {
            let choice = &choices[i];
            let (search, on_choose) = (search.clone(), self.on_choose.clone());
            el(if at == active { "li.active" } else { "li" })
                .key(i)
                .attr("id", line(at))
                .attr("role", "option")
                .truth("aria-selected", at == active)
                .on(On::onclick, move |_: Event| {
                    search.set(None);
                    on_choose.emit(i);
                })
                .child(el("span").child(choice.name))
                .child(el("span.detail").child(choice.detail.clone()))
        };
        let nothing = (open && found.is_empty()).then(|| {
            el("li.nothing")
                .attr("role", "option")
                .attr("aria-disabled", "true")
                .attr("aria-selected", "false")
                .child(self.nothing)
        });
        // A list that scrolls would be a stop of the Tab key, and gone as soon as it is reached.
        let lines = el("ul")
            .attr("id", list)
            .attr("role", "listbox")
            .attr("tabindex", "-1")
            .attr("aria-label", self.label)
            .flag("hidden", !open)
            // Keeps the focus in the field, so that a press on the list does not close it first.
            .on(On::onmousedown, |event: Event| event.prevent_default())
            .each(found.iter().enumerate().map(option))
            .child(nothing);
        el("div.combobox")
            .child(el("label").attr("for", self.id).child(self.label))
            .child(input)
            .child(lines)
            .into()
    }
}

impl Combobox {
    /// The place that an opened list starts at.
    fn first(&self) -> usize {
        self.chosen.map_or(0, |(place, _)| place)
    }

    fn on_key(&self, search: &State<Search>, found: &Rc<[usize]>) -> impl Fn(KeyboardEvent) + use<> {
        let (search, found, on_choose) = (search.clone(), Rc::clone(found), self.on_choose.clone());
        let first = self.first();
        move |event| {
            let last = found.len().saturating_sub(1);
            let now = search.get();
            let go = |query: String, active: usize| search.set(Some((query, active)));
            match (event.key().as_str(), now) {
                ("ArrowDown", None) => go(String::new(), first),
                ("ArrowDown", Some((query, at))) => go(query, if at >= last { 0 } else { at + 1 }),
                ("ArrowUp", Some((query, at))) => go(query, if at == 0 { last } else { at - 1 }),
                ("Home", Some((query, _))) => go(query, 0),
                ("End", Some((query, _))) => go(query, last),
                ("Enter", Some((_, at))) => match found.get(at) {
                    Some(&i) => {
                        search.set(None);
                        on_choose.emit(i);
                    }
                    None => return,
                },
                ("Escape", Some(_)) => search.set(None),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        }
    }
}

fn show(line: &str) -> Option<()> {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    document()?.get_element_by_id(line)?.scroll_into_view_with_scroll_into_view_options(&options);
    Some(())
}

/// Whether every word of the query occurs, in any order and case.
fn matches(query: &str, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    query.to_ascii_lowercase().split_whitespace().all(|word| text.contains(word))
}
