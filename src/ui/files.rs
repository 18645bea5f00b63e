//! A file of the user's as text.

use crate::hub::BODY_LIMIT;
use crate::ui::state::Action;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::File;
use yew::Callback;

/// Reads a file and opens it as a config, or says why not.
pub fn read_file(file: File, dispatch: Callback<Action>) {
    if file.size() > BODY_LIMIT as f64 {
        dispatch.emit(Action::Say(format!("{} is larger than 4 MiB: that is no config.json.", file.name())));
        return;
    }
    spawn_local(async move {
        let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
        dispatch.emit(match text {
            Some(text) => Action::OpenFile { name: file.name(), text },
            None => Action::Say(format!("The browser could not read {}.", file.name())),
        });
    });
}
