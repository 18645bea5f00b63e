//! The tree of the page, built by plain calls: an element, then what it has, then what is in it.
//!
//! ```ignore
//! el("p.note").attr("role", "alert").child(words).child(wrong.then(|| el("b").child("!")))
//! ```
//!
//! The same tree written with `html!` is several times as much code for the visitor to download:
//! the macro spells every element out where it stands, whereas here each call is one small function
//! that all elements share.

use super::state::Action;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};
use yew::virtual_dom::{Key, Listener, ListenerKind, VList, VNode, VTag, VText};
use yew::{AttrValue, Callback, Html, NodeRef};

pub use yew::virtual_dom::ListenerKind as On;

/// Where a part of the page sends what happens to it.
pub type Dispatch = Callback<Action>;

/// An element that is being put together.
pub struct El(Rc<VTag>);

/// An element by its tag; what follows a dot is its class: `el("p.note note-wrong")`.
#[inline(never)]
pub fn el(tag_and_class: &'static str) -> El {
    match tag_and_class.split_once('.') {
        Some((tag, class)) => El(Rc::new(VTag::new(tag))).attr("class", class),
        None => El(Rc::new(VTag::new(tag_and_class))),
    }
}

/// A button with these words on it.
pub fn button(words: impl Node) -> El {
    el("button").attr("type", "button").child(words)
}

impl El {
    fn tag(&mut self) -> &mut VTag {
        // Never shared before it is a node, so never cloned.
        Rc::make_mut(&mut self.0)
    }

    /// An attribute; none where the value is `None`.
    #[inline(never)]
    pub fn attr(mut self, name: &'static str, value: impl Value) -> Self {
        if let Some(value) = value.value() {
            self.tag().add_attribute(name, value);
        }
        self
    }

    /// An attribute that is there or not, such as `disabled`.
    #[inline(never)]
    pub fn flag(self, name: &'static str, on: bool) -> Self {
        self.attr(name, on.then_some(name))
    }

    /// An attribute whose value is `true` or `false`, such as `aria-expanded`.
    #[inline(never)]
    pub fn truth(self, name: &'static str, holds: bool) -> Self {
        self.attr(name, if holds { "true" } else { "false" })
    }

    /// An attribute that is a whole number.
    #[inline(never)]
    pub fn number(self, name: &'static str, number: u64) -> Self {
        self.attr(name, number.to_string())
    }

    /// The class, in place of one that the tag brought.
    pub fn class(self, class: &'static str) -> Self {
        self.attr("class", class)
    }

    /// What tells this element from its neighbours in a list that is reordered.
    pub fn key(mut self, key: impl Into<Key>) -> Self {
        self.tag().key = Some(key.into());
        self
    }

    /// Lets `node` find the element on the page.
    pub fn bind(mut self, node: &NodeRef) -> Self {
        self.tag().node_ref = node.clone();
        self
    }

    /// What an input or a text area holds.
    #[inline(never)]
    pub fn holds(mut self, text: impl Value) -> Self {
        self.tag().set_value(text.value());
        self
    }

    /// Whether a radio button is chosen.
    pub fn checked(mut self, checked: bool) -> Self {
        self.tag().set_checked(checked);
        self
    }

    /// One more child. A `None` keeps its place, so that what follows is not taken for another.
    #[inline(never)]
    pub fn child(mut self, child: impl Node) -> Self {
        self.tag().add_child(child.node());
        self
    }

    /// A child for each item.
    pub fn each<N: Node>(self, items: impl IntoIterator<Item = N>) -> Self {
        self.child(list(items))
    }

    /// Calls `f` with the event.
    pub fn on<E: JsCast>(self, kind: ListenerKind, f: impl Fn(E) + 'static) -> Self {
        self.call(kind, Rc::new(move |event: Event| f(event.unchecked_into())))
    }

    /// Sends an action.
    #[inline(never)]
    pub fn send(mut self, kind: ListenerKind, dispatch: &Dispatch, action: Action) -> Self {
        self.tag().add_listener(Rc::new(Send { kind, dispatch: dispatch.clone(), action }));
        self
    }

    /// Sends the action that follows from what the field now holds.
    pub fn send_text(
        self,
        kind: ListenerKind,
        dispatch: &Dispatch,
        action: impl Fn(String) -> Action + 'static,
    ) -> Self {
        let dispatch = dispatch.clone();
        self.on(kind, move |event| dispatch.emit(action(text_of(&event))))
    }

    #[inline(never)]
    fn call(mut self, kind: ListenerKind, f: Rc<dyn Fn(Event)>) -> Self {
        self.tag().add_listener(Rc::new(Call { kind, f }));
        self
    }
}

/// Several nodes as one.
pub fn list<N: Node>(items: impl IntoIterator<Item = N>) -> Html {
    let mut all = Vec::new();
    for item in items {
        all.push(item.node());
    }
    whole(all)
}

#[inline(never)]
fn whole(all: Vec<VNode>) -> Html {
    VList::with_children(all, None).into()
}

/// What the field, the choice or the text area that an event is about now holds.
#[inline(never)]
pub fn text_of(event: &Event) -> String {
    // All three have a `value`, which is all that is asked for.
    event.target().map(|field| field.unchecked_into::<HtmlInputElement>().value()).unwrap_or_default()
}

/// What can stand in the tree.
pub trait Node {
    fn node(self) -> Html;
}

impl Node for El {
    fn node(self) -> Html {
        VNode::VTag(self.0)
    }
}

impl From<El> for Html {
    fn from(el: El) -> Self {
        el.node()
    }
}

impl Node for Html {
    fn node(self) -> Html {
        self
    }
}

impl Node for AttrValue {
    fn node(self) -> Html {
        VNode::VText(VText::new(self))
    }
}

impl Node for &'static str {
    fn node(self) -> Html {
        AttrValue::Static(self).node()
    }
}

impl Node for String {
    fn node(self) -> Html {
        AttrValue::from(self).node()
    }
}

impl<N: Node> Node for Option<N> {
    fn node(self) -> Html {
        self.map(Node::node).unwrap_or_default()
    }
}

/// What an attribute can be set to.
pub trait Value {
    fn value(self) -> Option<AttrValue>;
}

impl Value for AttrValue {
    fn value(self) -> Option<AttrValue> {
        Some(self)
    }
}

impl Value for &'static str {
    fn value(self) -> Option<AttrValue> {
        Some(AttrValue::Static(self))
    }
}

impl Value for String {
    fn value(self) -> Option<AttrValue> {
        Some(self.into())
    }
}

impl<V: Value> Value for Option<V> {
    fn value(self) -> Option<AttrValue> {
        self.and_then(Value::value)
    }
}

/// Calls a function.
struct Call {
    kind: ListenerKind,
    f: Rc<dyn Fn(Event)>,
}

impl Listener for Call {
    fn kind(&self) -> ListenerKind {
        self.kind.clone()
    }

    fn handle(&self, event: Event) {
        (self.f)(event);
    }

    fn passive(&self) -> bool {
        false
    }
}

/// Sends an action.
struct Send {
    kind: ListenerKind,
    dispatch: Dispatch,
    action: Action,
}

impl Listener for Send {
    fn kind(&self) -> ListenerKind {
        self.kind.clone()
    }

    fn handle(&self, _: Event) {
        self.dispatch.emit(self.action.clone());
    }

    fn passive(&self) -> bool {
        false
    }
}
