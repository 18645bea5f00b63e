//! The smallest and the largest of everything keeps its shape, on every screen and on paper.

use crate::look::{TINY, click_figure, wait_for_title};
use browser::{Page, PageBuilder};
use serde_json::json;

const LONG_NAME: &str =
    "The%20very%20long%20name%20of%20an%20accelerator%20that%20somebody%20described%20in%20full";

/// A model of one block on a device with a long name, and one of a thousand blocks of two kinds that stores
/// exbibytes.
fn open(look: PageBuilder, large: bool) -> Page {
    let device = if large { String::new() } else { format!("&hw=custom:1e18,1e13,1e15,{LONG_NAME}") };
    let load = if large { "&cached=1048576&in=4096&batch=65536&tp=2" } else { "&cached=0&in=1" };
    let page = look.open(&format!("#v=1{load}{device}"));
    let config = match large {
        false => TINY.replace(": 3,", ": 1,").replace("100", "2"),
        true => TINY
            .replace("llama", "gemma2")
            .replace(": 3,", ": 1000,")
            .replace(": 64,", ": 65536,")
            .replace(": 128,", ": 524288,")
            .replace("bfloat16", "float32"),
    };
    page.set("#model-text", &config);
    wait_for_title(&page, if large { "Pasted gemma2 config" } else { "Pasted llama config" });
    page
}

#[test]
fn numbers_and_names_of_any_size_keep_their_columns() {
    for large in [false, true] {
        let page = open(Page::new().size(1440, 900), large);
        page.wait_for_text(".subtitle", if large { "1,000 blocks" } else { "1 block ·" });
        if large {
            page.wait_for_text(".structure", "blocks 0, 2, … 998");
        }
        for width in [1440, 1024, 768, 375, 320] {
            page.resize(width, 800);
            page.wait_until("the width", "return innerWidth === arguments[0]", json!([width]));
            page.assert_no_sideways_scrolling();
            let odd = page.script(
                "const odd = [];
                 const seen = selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility());
                 for (const e of seen('.pairs dd')) if (e.getBoundingClientRect().height > 90) odd.push(`tall: ${e.innerText}`);
                 for (const e of seen('.figure .unit')) if (new Set([...e.getClientRects()].map(r => Math.round(r.bottom / 8))).size > 1) odd.push(`broken: ${e.innerText}`);
                 for (const e of seen('.figure dd')) if (e.scrollWidth > e.clientWidth + 1) odd.push(`wide: ${e.innerText}`);
                 const layer = document.querySelector('[aria-labelledby=layers-title] th.layer').getBoundingClientRect();
                 if (layer.width > 260) odd.push(`the layers take ${layer.width}`);
                 return odd",
                json!([]),
            );
            assert_eq!(odd, json!([]), "{width}");
        }
    }
}

#[test]
fn nothing_is_cut_off_on_paper() {
    // A4 and Letter between their usual margins.
    for width in [718, 739] {
        for link in
            ["", "#v=1&m=deepseek-ai/DeepSeek-V3&batch=8&cmp=exact&vs=w=fp8", "#v=1&sweep=batch=1..64&tp=2"]
        {
            let page = Page::new().size(width, 1000).dark().print().open(link);
            page.wait_for("#answer-title");
            let cut = page.script(
                "const wide = [...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && !e.closest('.visually-hidden, svg'));
                 const right = document.querySelector('main').getBoundingClientRect().right;
                 document.documentElement.style.overflow = 'hidden';
             const out = wide.filter(e => e.getBoundingClientRect().right > right + 1).map(e => `${e.localName}.${e.className} ${e.innerText.slice(0, 40)}`);
                 return out.slice(0, 5)",
                json!([]),
            );
            assert_eq!(cut, json!([]), "{width} {link}");
            // Nothing on paper can be pressed.
            page.wait_gone(".tools button, aside.inputs");
        }
    }
}

#[test]
fn forced_colours_hide_nothing() {
    let look = || Page::new().dark().media("forced-colors", "active");
    let page = look().open("#v=1&m=deepseek-ai/DeepSeek-V3&batch=8");
    click_figure(&page, "Attn - SDPA", "Compute");
    page.wait_for("[role=group][aria-label^=Formulas]");
    assert_eq!(crate::accessible::complaints(&page), Vec::<String>::new());
    // What is told apart by colour still is.
    let swatches = page.script(
        "const colours = [...document.querySelectorAll('.storage .swatch:not(.swatch-room)')].map(e => getComputedStyle(e).backgroundColor);
         return [colours.length, new Set(colours).size]",
        json!([]),
    );
    assert_eq!(swatches, json!([4, 4]));
}
