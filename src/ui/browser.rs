//! What only a browser can do, each asked once and refused politely.

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, Document, HtmlAnchorElement, HtmlElement, Storage, Url, Window};

pub fn window() -> Option<Window> {
    // Natively, where the first view is drawn, asking would be a panic.
    cfg!(target_arch = "wasm32").then(web_sys::window).flatten()
}

pub fn document() -> Option<Document> {
    window()?.document()
}

/// What `static/early.js` says of an address that asks for another view than the one the page carries.
const ELSEWHERE: &str = "data-elsewhere";

/// Whether nothing is to be seen before the first drawing, so that it had better be quick.
pub fn opens_blank() -> bool {
    let root = document().and_then(|document| document.document_element());
    root.is_some_and(|root| root.has_attribute(ELSEWHERE))
}

/// From now on there is something to see.
pub fn opened() {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        drop(root.remove_attribute(ELSEWHERE));
    }
}

/// The page's address without what follows the #.
pub fn page_address() -> String {
    let address = window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    address.split('#').next().unwrap_or_default().to_owned()
}

/// What the page's head says under a name; nothing where it does not.
pub fn meta(name: &str) -> String {
    let find = || document()?.query_selector(&format!("meta[name={name}]")).ok()??.get_attribute("content");
    find().unwrap_or_default()
}

/// Milliseconds since some time ago.
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// Puts text on the clipboard. False where the browser does not let the page.
pub async fn copy(text: &str) -> bool {
    let Some(window) = window() else { return false };
    // Undefined on an insecure address, where calling it would throw.
    let navigator = window.navigator();
    if js_sys::Reflect::get(&navigator, &"clipboard".into()).map_or(true, |c| c.is_undefined()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Saves bytes as a file.
pub fn download(name: &str, mime: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let saved = save_address(name, &address);
    // The browser takes the address up during the click; a little later it may go.
    spawn_local(async move {
        TimeoutFuture::new(10_000).await;
        drop(Url::revoke_object_url(&address));
    });
    saved
}

/// Saves what a `blob:` or `data:` address holds as a file.
pub fn save_address(name: &str, address: &str) -> Result<(), JsValue> {
    let document = document().ok_or(JsValue::NULL)?;
    let anchor: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    anchor.set_href(address);
    anchor.set_download(name);
    anchor.click();
    Ok(())
}

/// Moves the focus to an element by its id.
pub fn focus(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        drop(element.focus());
    }
}

/// What is remembered under a key; nothing where the browser keeps nothing for the page.
pub fn remembered(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Remembers a value, where the browser lets the page.
pub fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        drop(storage.set_item(key, value));
    }
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}
