//! Parts of the page that are drawn anew only when what they show has changed, and what a part can keep.
//!
//! All parts are one Yew component, so that a further one costs its own code and no more.

use super::browser::opens_blank;
use super::dom::el;
use super::hooks::{Frame, use_in_view};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use yew::functional::{Hook, HookContext, TearDown, use_effect_with, use_force_update, use_mut_ref};
use yew::virtual_dom::{Key, VComp};
use yew::{Html, NodeRef, Properties, component};

/// A part of the page.
pub trait View: PartialEq + 'static {
    /// What tells it from parts of another kind in the same place.
    const NAME: &'static str;

    fn view(&self, hooks: &mut Hooks) -> Html;
}

/// Replaces the body of the page by a part.
pub fn root(view: impl View) {
    yew::Renderer::<Part>::with_props(PartProps { shown: Rc::new(view) }).render();
}

/// A part as HTML, drawn once and without what it would do on a page.
#[cfg(not(target_arch = "wasm32"))]
pub async fn html(view: impl View) -> String {
    let props = PartProps { shown: Rc::new(view) };
    yew::LocalServerRenderer::<Part>::with_props(props).hydratable(false).render().await
}

/// Puts a part into the tree.
pub fn part<V: View>(view: V) -> Html {
    keyed(V::NAME, view)
}

/// A part in a list that is reordered; the key tells it from its neighbours.
pub fn keyed(key: impl Into<Key>, view: impl View) -> Html {
    node(key.into(), Rc::new(view))
}

/// A part that may be far from where the reader is: while it is out of view, what is in view is drawn and painted
/// first, and it one frame after that.
pub fn distant<V: View>(view: V) -> Html {
    keyed(V::NAME, Distant { shown: Rc::new(view), below: false })
}

/// The same for a part that is below the first screen: where the page opens with nothing to see, it waits for the
/// first frame too.
pub fn below<V: View>(view: V) -> Html {
    keyed(V::NAME, Distant { shown: Rc::new(view), below: true })
}

#[inline(never)]
fn node(key: Key, shown: Rc<dyn Shown>) -> Html {
    VComp::new::<Part>(Rc::new(PartProps { shown }), Some(key)).into()
}

/// Something that remembers what it was, to be compared with what it is.
trait Same: Any {
    fn same(&self, other: &dyn Any) -> bool;
}

impl<T: PartialEq + 'static> Same for T {
    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref() == Some(self)
    }
}

trait Shown: Same {
    fn draw(&self, hooks: &mut Hooks) -> Html;
}

impl<V: View> Shown for V {
    fn draw(&self, hooks: &mut Hooks) -> Html {
        self.view(hooks)
    }
}

#[derive(Properties)]
struct PartProps {
    shown: Rc<dyn Shown>,
}

impl PartialEq for PartProps {
    fn eq(&self, other: &Self) -> bool {
        self.shown.same(&*other.shown)
    }
}

#[component]
fn Part(props: &PartProps) -> Html {
    use_drawing(&*props.shown)
}

fn use_drawing(shown: &dyn Shown) -> impl Hook<Output = Html> {
    Drawing(shown)
}

struct Drawing<'a>(&'a dyn Shown);

impl Hook for Drawing<'_> {
    type Output = Html;

    fn run(self, context: &mut HookContext) -> Html {
        self.0.draw(&mut Hooks(context))
    }
}

struct Distant {
    shown: Rc<dyn Shown>,
    /// Whether the first drawing may wait as well.
    below: bool,
}

impl PartialEq for Distant {
    fn eq(&self, other: &Self) -> bool {
        self.shown.same(&*other.shown)
    }
}

/// What of a distant part is on the page, and whether what is to be there waits or is due.
struct Late {
    drawn: Option<Rc<dyn Shown>>,
    waits: Option<Frame>,
    due: bool,
}

impl View for Distant {
    const NAME: &'static str = "distant";

    fn view(&self, hooks: &mut Hooks) -> Html {
        let place = hooks.node();
        let in_view = use_in_view(hooks, &place);
        let redraw = hooks.redraw();
        let late = hooks.keep(|| RefCell::new(Late { drawn: None, waits: None, due: false }));
        let (at_once, changed, frames) = {
            let now = late.borrow();
            match &now.drawn {
                Some(drawn) => (in_view.get() || now.due, !drawn.same(&*self.shown), 1),
                // The first frame has the words of the first screen, the second its picture.
                None => (!self.below || now.due || !opens_blank(), true, 2),
            }
        };
        if at_once {
            *late.borrow_mut() = Late { drawn: Some(Rc::clone(&self.shown)), waits: None, due: false };
        } else if changed && late.borrow().waits.is_none() {
            let kept = Rc::clone(&late);
            let due = move || {
                {
                    let mut late = kept.borrow_mut();
                    (late.waits, late.due) = (None, true);
                }
                redraw();
            };
            late.borrow_mut().waits = Some(Frame::painted(frames, Rc::new(due)));
        }
        let drawn = late.borrow().drawn.clone().map(|drawn| node("distant".into(), drawn));
        el("div.distant").bind(&place).child(drawn).into()
    }
}

/// What a part keeps from one drawing to the next. It asks for the same things in the same order each time.
pub struct Hooks<'a>(&'a mut HookContext);

impl Hooks<'_> {
    /// A value that redraws the part when it changes.
    pub fn state<T: Clone + PartialEq + 'static>(&mut self, first: impl FnOnce() -> T) -> State<T> {
        let redraw = self.redraw();
        let kept = self.keep(|| RefCell::new(first()));
        State { kept, redraw }
    }

    #[inline(never)]
    fn redraw(&mut self) -> Rc<dyn Fn()> {
        let redraw = use_force_update().run(self.0);
        Rc::new(move || redraw.force_update())
    }

    /// A value made once.
    pub fn keep<T: 'static>(&mut self, first: impl FnOnce() -> T) -> Rc<T> {
        let place = self.place();
        let kept = place.borrow().clone().and_then(|kept| kept.downcast().ok());
        kept.unwrap_or_else(|| {
            let made = Rc::new(first());
            *place.borrow_mut() = Some(Rc::clone(&made) as Rc<dyn Any>);
            made
        })
    }

    /// A value made anew when what it is made of has changed.
    pub fn memo<D: PartialEq + 'static, T: Clone + 'static>(
        &mut self,
        of: D,
        make: impl FnOnce(&D) -> T,
    ) -> T {
        let kept = self.keep(|| RefCell::new(None::<(D, T)>));
        if let Some((before, made)) = &*kept.borrow()
            && *before == of
        {
            return made.clone();
        }
        let made = make(&of);
        *kept.borrow_mut() = Some((of, made.clone()));
        made
    }

    /// Work after the drawing, when what it depends on has changed. What it returns is dropped before it is
    /// done again, and when the part goes.
    pub fn effect<D: PartialEq + 'static, H: 'static>(&mut self, on: D, work: impl FnOnce() -> H + 'static) {
        self.run(On(Rc::new(on)), Box::new(move || Box::new(work())));
    }

    /// A way to find an element on the page.
    pub fn node(&mut self) -> NodeRef {
        (*self.keep(NodeRef::default)).clone()
    }

    #[inline(never)]
    fn place(&mut self) -> Rc<RefCell<Option<Rc<dyn Any>>>> {
        use_mut_ref(|| None).run(self.0)
    }

    #[inline(never)]
    fn run(&mut self, on: On, work: Box<dyn FnOnce() -> Box<dyn Any>>) {
        use_effect_with(on, move |_| Held(work())).run(self.0);
    }
}

/// A value that a part keeps, and that redraws it when it changes.
#[derive(Clone)]
pub struct State<T> {
    kept: Rc<RefCell<T>>,
    redraw: Rc<dyn Fn()>,
}

impl<T: Clone + PartialEq> State<T> {
    pub fn get(&self) -> T {
        self.kept.borrow().clone()
    }

    pub fn set(&self, value: T) {
        if *self.kept.borrow() != value {
            self.kept.replace(value);
            (self.redraw)();
        }
    }
}

impl<T> PartialEq for State<T> {
    /// Whether it is the same one, whatever it holds.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.kept, &other.kept)
    }
}

/// What an effect depends on.
struct On(Rc<dyn Same>);

impl PartialEq for On {
    fn eq(&self, other: &Self) -> bool {
        self.0.same(&*other.0)
    }
}

/// What an effect holds until it is done again.
struct Held(Box<dyn Any>);

impl TearDown for Held {
    fn tear_down(self) {
        drop(self.0);
    }
}
