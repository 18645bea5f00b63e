//! A few words beside a point.

use crate::ui::dom::el;
use crate::ui::part::{Hooks, View};
use web_sys::HtmlElement;
use yew::Html;

#[derive(PartialEq)]
pub struct Tip {
    /// In CSS pixels from the upper left corner of the positioned element around it.
    pub x: f64,
    pub y: f64,
    /// Room to keep from the point.
    pub gap: f64,
    pub title: String,
    pub lines: Vec<String>,
}

/// Placed through the element's style object, which the page's policy allows, unlike a style attribute.
impl View for Tip {
    const NAME: &'static str = "tip";

    fn view(&self, hooks: &mut Hooks) -> Html {
        let node = hooks.node();
        let (found, point) = (node.clone(), (self.x, self.y, self.gap));
        hooks.effect(point, move || found.cast::<HtmlElement>().map(|element| place(&element, point)));
        el("div.tip")
            .bind(&node)
            .attr("aria-hidden", "true")
            .child(el("strong").child(self.title.clone()))
            .each(self.lines.iter().map(|line| el("span").child(line.clone())))
            .into()
    }
}

/// Above the point, or below it where there is no room; never past the sides.
fn place(element: &HtmlElement, (x, y, gap): (f64, f64, f64)) {
    let (width, height) = (f64::from(element.offset_width()), f64::from(element.offset_height()));
    let room = element.offset_parent().map_or(0.0, |parent| f64::from(parent.client_width()));
    let left = (x - width / 2.0).min(room - width).max(0.0);
    let above = y - gap - height;
    let top = if above >= 0.0 { above } else { y + gap };
    let style = element.style();
    drop(style.set_property("left", &format!("{left:.1}px")));
    drop(style.set_property("top", &format!("{top:.1}px")));
}
