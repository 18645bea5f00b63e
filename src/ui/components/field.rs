//! A labelled text field; what is wrong with its text stands where its hint was.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct FieldProps {
    pub id: AttrValue,
    pub label: AttrValue,
    pub value: AttrValue,
    #[prop_or_default]
    pub unit: AttrValue,
    #[prop_or_default]
    pub hint: AttrValue,
    #[prop_or_default]
    pub placeholder: AttrValue,
    #[prop_or_default]
    pub error: Option<AttrValue>,
    #[prop_or_else(|| AttrValue::Static("text"))]
    pub kind: AttrValue,
    #[prop_or_else(|| AttrValue::Static("text"))]
    pub keyboard: AttrValue,
    /// Fills the width under its label, for long text.
    #[prop_or_default]
    pub wide: bool,
    pub on_input: Callback<String>,
}

#[component]
pub fn Field(props: &FieldProps) -> Html {
    let oninput = props.on_input.reform(|event: InputEvent| typed(&event));
    let note = format!("{}-note", props.id);
    let wrong = props.error.is_some();
    let said = props.error.clone().unwrap_or_else(|| props.hint.clone());
    html! {
        <div class={classes!("field", props.wide.then_some("field-wide"))}>
            <label for={props.id.clone()}>{ &props.label }</label>
            <span class="field-box">
                <input
                    id={props.id.clone()}
                    type={props.kind.clone()}
                    inputmode={props.keyboard.clone()}
                    value={props.value.clone()}
                    placeholder={props.placeholder.clone()}
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-invalid={wrong.then_some("true")}
                    aria-describedby={(!said.is_empty()).then(|| note.clone())}
                    {oninput}
                />
                if !props.unit.is_empty() {
                    <span class="unit">{ &props.unit }</span>
                }
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
