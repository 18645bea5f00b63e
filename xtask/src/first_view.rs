//! The page as it opens, drawn natively by the very code that the wasm is made of: whoever comes reads an answer
//! before the wasm has arrived.

use crate::process::{self, cargo, say};
use anyhow::{Context, Result, bail};
use std::path::Path;

/// Where `index.html` has room for it.
const PLACE: &str = "<div id=\"first-view\" inert></div>";

/// Puts the first view into the page of a folder that Trunk has built.
///
/// # Errors
/// When it does not compile, or the page has no place for it.
pub fn write(dist: &Path) -> Result<()> {
    say("drawing the first view");
    // Built first and by itself, so that what cargo has to say is seen.
    let program = ["--locked", "--quiet", "--features", "page", "--bin", "first-view"];
    process::run(
        cargo().arg("build").args(program),
        "The first view did not compile natively; `cargo check --features page` gives the compiler's view.",
    )?;
    let view = process::output(cargo().arg("run").args(program))?;
    let file = dist.join("index.html");
    let page = std::fs::read_to_string(&file).context("Trunk left no index.html in dist/")?;
    std::fs::write(&file, filled(&page, view.trim())?).context("dist/index.html cannot be written")
}

fn filled(page: &str, view: &str) -> Result<String> {
    if page.matches(PLACE).count() != 1 {
        bail!("index.html must have `{PLACE}` once");
    }
    Ok(page.replace(PLACE, &PLACE.replace("><", &format!(">{view}<"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_view_goes_where_the_page_has_room_for_it() {
        let page = filled(include_str!("../../index.html"), "<p>the answer</p>").unwrap();
        assert!(page.contains("<div id=\"first-view\" inert><p>the answer</p></div>"));
        assert!(filled(&page, "once more").is_err());
    }
}
