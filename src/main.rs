//! The page, on wasm; the command line, everywhere else.

#[cfg(target_arch = "wasm32")]
fn main() {
    use yew::prelude::*;

    #[component]
    fn App() -> Html {
        html! { <main><h1>{ "Transformer Roofline Analyzer" }</h1></main> }
    }

    yew::Renderer::<App>::new().render();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
