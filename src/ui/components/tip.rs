//! A few words beside a point.

use web_sys::HtmlElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct TipProps {
    /// In CSS pixels from the upper left corner of the positioned element around it.
    pub x: f64,
    pub y: f64,
    /// Room to keep from the point.
    pub gap: f64,
    pub children: Html,
}

/// Placed through the element's style object, which the page's policy allows, unlike a style attribute.
#[component]
pub fn Tip(props: &TipProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((props.x, props.y, props.gap), move |&(x, y, gap)| {
            if let Some(element) = node.cast::<HtmlElement>() {
                place(&element, x, y, gap);
            }
        });
    }
    html! { <div ref={node} class="tip" aria-hidden="true">{ props.children.clone() }</div> }
}

/// Above the point, or below it where there is no room; never past the sides.
fn place(element: &HtmlElement, x: f64, y: f64, gap: f64) {
    let (width, height) = (f64::from(element.offset_width()), f64::from(element.offset_height()));
    let room = element.offset_parent().map_or(0.0, |parent| f64::from(parent.client_width()));
    let left = (x - width / 2.0).min(room - width).max(0.0);
    let above = y - gap - height;
    let top = if above >= 0.0 { above } else { y + gap };
    let style = element.style();
    drop(style.set_property("left", &format!("{left:.1}px")));
    drop(style.set_property("top", &format!("{top:.1}px")));
}
