//! A fault of the program: said in the console and on the page, with a way to report and to go on.

use super::browser::document;
use std::panic::PanicHookInfo;

/// Called on a panic, after which nothing of the page answers any more.
pub fn hook(info: &PanicHookInfo<'_>) {
    console_error_panic_hook::hook(info);
    let _ = show(&info.to_string());
}

fn show(what: &str) -> Option<()> {
    let document = document()?;
    let address = document.location()?.href().ok()?;
    let banner = document.create_element("div").ok()?;
    banner.set_class_name("crash");
    banner.set_attribute("role", "alert").ok()?;
    let line = |tag: &str, text: &str| {
        let element = document.create_element(tag).ok()?;
        element.set_text_content(Some(text));
        banner.append_child(&element).ok()?;
        Some(element)
    };
    line(
        "p",
        "The page hit a fault of its own and stopped. Your input is in this address; please report both:",
    )?;
    line("code", &address)?;
    line("code", what)?;
    let again = line("a", "Start anew")?;
    again.set_attribute("href", "?").ok()?;
    document.body()?.prepend_with_node_1(&banner).ok()
}
