//! A searchable list: type to narrow it, arrows and Enter to choose, Escape to leave.

use super::field::typed;
use crate::ui::browser::document;
use yew::prelude::*;

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub name: AttrValue,
    pub detail: AttrValue,
}

#[derive(PartialEq, Properties)]
pub struct ComboboxProps {
    pub id: AttrValue,
    pub label: AttrValue,
    pub placeholder: AttrValue,
    pub choices: Vec<Choice>,
    pub chosen: Option<usize>,
    pub on_choose: Callback<usize>,
}

#[component]
pub fn Combobox(props: &ComboboxProps) -> Html {
    let open = use_state(|| false);
    let query = use_state(String::new);
    let active = use_state(|| 0_usize);
    let found: Vec<usize> = (0..props.choices.len())
        .filter(|&i| matches(&query, &props.choices[i].name) || matches(&query, &props.choices[i].detail))
        .collect();
    let list = format!("{}-list", props.id);
    let line = {
        let id = props.id.clone();
        move |i: usize| format!("{id}-{i}")
    };

    // The active line stays in sight while arrows move it.
    {
        let line = line.clone();
        use_effect_with((*open, *active, query.len()), move |(open, active, _)| {
            let element = document().and_then(|document| document.get_element_by_id(&line(*active)));
            if let Some(element) = element.filter(|_| *open) {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                element.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }

    let close = {
        let (open, query) = (open.setter(), query.setter());
        move || {
            open.set(false);
            query.set(String::new());
        }
    };
    let show = {
        let (open, active, chosen) = (open.clone(), active.setter(), props.chosen);
        move || {
            if !*open {
                open.set(true);
                active.set(chosen.unwrap_or(0));
            }
        }
    };
    let choose = {
        let (close, on_choose) = (close.clone(), props.on_choose.clone());
        Callback::from(move |i: usize| {
            close();
            on_choose.emit(i);
        })
    };
    let oninput = {
        let (open, query, active) = (open.setter(), query.setter(), active.setter());
        Callback::from(move |event: InputEvent| {
            query.set(typed(&event));
            active.set(0);
            open.set(true);
        })
    };
    let onkeydown = {
        let (active, found, choose) = (active.clone(), found.clone(), choose.clone());
        let (open, show, close) = (*open, show.clone(), close.clone());
        Callback::from(move |event: KeyboardEvent| {
            let last = found.len().saturating_sub(1);
            match event.key().as_str() {
                "ArrowDown" if !open => show(),
                "ArrowDown" => active.set(if *active >= last { 0 } else { *active + 1 }),
                "ArrowUp" if open => active.set(if *active == 0 { last } else { *active - 1 }),
                "Home" if open => active.set(0),
                "End" if open => active.set(last),
                "Enter" if open => match found.get(*active) {
                    Some(&i) => choose.emit(i),
                    None => return,
                },
                "Escape" if open => close(),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let onblur = {
        let close = close.clone();
        Callback::from(move |_: FocusEvent| close())
    };
    let (onfocus, onclick) = {
        let (on_focus, on_click) = (show.clone(), show);
        (Callback::from(move |_: FocusEvent| on_focus()), Callback::from(move |_: MouseEvent| on_click()))
    };
    // Keeps the focus in the field, so that a press on the list does not close it first.
    let onmousedown = Callback::from(|event: MouseEvent| event.prevent_default());
    let value = if *open {
        AttrValue::from((*query).clone())
    } else {
        props.chosen.and_then(|i| props.choices.get(i)).map(|choice| choice.name.clone()).unwrap_or_default()
    };

    html! {
        <div class="combobox">
            <label for={props.id.clone()}>{ &props.label }</label>
            <input
                id={props.id.clone()}
                role="combobox"
                type="text"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-autocomplete="list"
                aria-expanded={if *open { "true" } else { "false" }}
                aria-controls={list.clone()}
                aria-activedescendant={(*open && !found.is_empty()).then(|| line(*active))}
                placeholder={props.placeholder.clone()}
                {value} {oninput} {onkeydown} {onblur} {onfocus} {onclick}
            />
            // A list that scrolls would be a stop of the Tab key, and gone as soon as it is reached.
            <ul
                id={list}
                role="listbox"
                tabindex="-1"
                aria-label={props.label.clone()}
                hidden={!*open}
                {onmousedown}
            >
                for (at, i) in found.iter().copied().enumerate() {
                    <li
                        key={i}
                        id={line(at)}
                        role="option"
                        class={(at == *active).then_some("active")}
                        aria-selected={if at == *active { "true" } else { "false" }}
                        onclick={choose.reform(move |_| i)}
                    >
                        <span>{ &props.choices[i].name }</span>
                        <span class="detail">{ &props.choices[i].detail }</span>
                    </li>
                }
                if found.is_empty() {
                    <li class="nothing" role="option" aria-disabled="true" aria-selected="false">
                        { "No built-in model matches. Type its Hub id in the box above to fetch it." }
                    </li>
                }
            </ul>
        </div>
    }
}

/// Whether every word of the query occurs, in any order and case.
fn matches(query: &str, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    query.to_ascii_lowercase().split_whitespace().all(|word| text.contains(word))
}
