//! A labelled text field; what is wrong with its text stands where its hint was.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What a text field is like.
#[derive(Default)]
pub struct Field<'a> {
    pub id: &'static str,
    pub label: &'static str,
    pub value: &'a str,
    pub unit: &'static str,
    pub hint: &'static str,
    pub placeholder: &'static str,
    /// What is wrong with the text.
    pub error: Option<String>,
    /// Hides what is typed.
    pub secret: bool,
    /// The keyboard that a touch screen shows: `inputmode`.
    pub keyboard: &'static str,
    /// Fills the width under its label, for long text.
    pub wide: bool,
}

pub fn field(field: Field<'_>, on_input: &Callback<String>) -> Html {
    let Field { id, label, value, unit, hint, placeholder, error, secret, keyboard, wide } = field;
    let oninput = on_input.reform(|event: InputEvent| typed(&event));
    let wrong = error.is_some();
    let said = error.unwrap_or_else(|| hint.to_owned());
    let note = format!("{id}-note");
    html! {
        <div class={if wide { "field field-wide" } else { "field" }}>
            <label for={id}>{ label }</label>
            <span class="field-box">
                <input
                    {id}
                    type={if secret { "password" } else { "text" }}
                    inputmode={(!keyboard.is_empty()).then_some(keyboard)}
                    value={value.to_owned()}
                    {placeholder}
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-invalid={wrong.then_some("true")}
                    aria-describedby={(!said.is_empty()).then(|| note.clone())}
                    {oninput}
                />
                if !unit.is_empty() { <span class="unit">{ unit }</span> }
            </span>
            if !said.is_empty() {
                <p id={note} class={if wrong { "note note-wrong" } else { "note" }}>{ said }</p>
            }
        </div>
    }
}

/// What an input now holds.
pub fn typed(event: &InputEvent) -> String {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    input.map(|input| input.value()).unwrap_or_default()
}
