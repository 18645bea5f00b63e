//! Light or dark: by preference, or as chosen and remembered.

use crate::ui::browser::{document, remember, remembered, window};
use crate::ui::part::Hooks;
use gloo_events::EventListener;
use yew::Callback;

const KEY: &str = "theme";

/// What the switch stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::Auto, Theme::Light, Theme::Dark];

    pub fn name(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Theme::Auto => "Auto",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        }
    }

    fn remembered() -> Self {
        let name = remembered(KEY).unwrap_or_default();
        Theme::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default()
    }
}

/// The theme, how to set it by its place among [`Theme::ALL`], and whether the page is dark now.
pub fn use_theme(hooks: &mut Hooks) -> (Theme, Callback<usize>, bool) {
    let kept = hooks.state(Theme::remembered);
    let prefers = hooks.state(system_is_dark);
    let (theme, prefers_dark) = (kept.get(), prefers.get());
    hooks.effect((), move || {
        let query = dark_query();
        query.map(|query| EventListener::new(&query, "change", move |_| prefers.set(system_is_dark())))
    });
    hooks.effect(theme, move || {
        if let Some(root) = document().and_then(|document| document.document_element()) {
            drop(match theme {
                Theme::Auto => root.remove_attribute("data-theme"),
                chosen => root.set_attribute("data-theme", chosen.name()),
            });
        }
    });
    let set = Callback::from(move |place: usize| {
        let chosen = Theme::ALL[place];
        remember(KEY, chosen.name());
        kept.set(chosen);
    });
    let dark = match theme {
        Theme::Auto => prefers_dark,
        Theme::Light => false,
        Theme::Dark => true,
    };
    (theme, set, dark)
}

fn dark_query() -> Option<web_sys::MediaQueryList> {
    window()?.match_media("(prefers-color-scheme: dark)").ok()?
}

fn system_is_dark() -> bool {
    dark_query().is_some_and(|query| query.matches())
}
