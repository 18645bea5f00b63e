//! The chart or the table alone, in a frame of another page.

use crate::look::{CANVAS, layers, wait_for_title};
use browser::{Page, PageBuilder, Site};
use serde_json::json;

#[test]
fn a_frame_holds_the_chart_and_a_way_to_the_whole_page() {
    // Any page of the same host will do: the policy that a host may send is not the page's own.
    let frame = r#"<!doctype html><html lang="en"><title>A report</title><link rel="icon" href="data:,">
      <iframe src="./#v=1&amp;batch=4&amp;embed=chart" title="Roofline" width="700" height="480"></iframe>"#;
    let site = Site::built().replaced("404.html", frame).start();
    let page = Page::new().at(&site.url()).open("");
    page.visit(&format!("{}404.html", site.url()));
    let inside = page.wait_until(
        "a drawn roofline in the frame",
        "const inside = document.querySelector('iframe').contentDocument;
         const canvas = inside.querySelector('[aria-labelledby=chart-title] canvas');
         if (!canvas || canvas.clientHeight < 300) return false;
         const link = inside.querySelector('.embed-head a');
         const root = inside.documentElement;
         return [inside.querySelector('h1').innerText, link.innerText, link.hash, link.target, link.rel,
           inside.querySelectorAll('input, select, textarea').length,
           [...inside.querySelectorAll('button')].filter(e => e.checkVisibility()).length,
           root.scrollHeight <= root.clientHeight && root.scrollWidth <= root.clientWidth]",
        json!([]),
    );
    assert_eq!(
        inside,
        json!([
            "Llama-2-7b-hf · H100 80GB SXM5 · decode at 1,024, batch of 4",
            "Open in the analyzer",
            "#v=1&batch=4",
            "_blank",
            "noopener",
            0,
            0,
            true
        ])
    );
}

#[test]
fn the_code_that_is_copied_opens_the_same_state() {
    let page = Page::new().open("#v=1&m=Qwen/Qwen3-8B&cached=2048&in=1&vs=batch=8");
    page.allow_clipboard();
    // The last is that of the chart of both scenarios.
    for (label, part, others) in [
        ("section[aria-labelledby=chart-title] [aria-label='Embed the roofline: copy its code']", "chart", 0),
        ("[aria-label='Embed the table: copy its code']", "table", 0),
        (".scenarios [aria-label='Embed the roofline: copy its code']", "chart", 2),
    ] {
        page.script("return navigator.clipboard.writeText('')", json!([]));
        page.click(label);
        page.wait_until(
            "the code on the clipboard",
            "return navigator.clipboard.readText().then(text => text.includes('<iframe'))",
            json!([]),
        );
        let read = page.script(
            "const frame = new DOMParser().parseFromString(arguments[0], 'text/html').querySelector('iframe');
             return [frame.title, frame.getAttribute('src')]",
            json!([page.clipboard()]),
        );
        let (title, source) = (read[0].as_str().unwrap(), read[1].as_str().unwrap());
        assert!(title.ends_with(": Qwen3-8B · H100 80GB SXM5 · decode at 2,048"), "{title}");
        let (_, link) = source.split_once('#').unwrap();
        assert!(
            link.ends_with(&format!("&embed={part}{}", if others > 0 { "&vs=batch=8" } else { "" })),
            "{link}"
        );

        let framed = Page::new().size(700, 480).open(&format!("#{link}"));
        framed.wait_for_text("h1", "Qwen3-8B · H100 80GB SXM5 · decode at 2,048");
        assert_eq!(framed.count(".sides li"), others);
        match part {
            "chart" => framed.wait_for_ink("main canvas"),
            _ => assert_eq!(layers(&framed).shown("Attn - SDPA", "Blocks"), "36"),
        }
        assert_eq!((framed.count("main canvas"), framed.count("aside")), (usize::from(part == "chart"), 0));
        let whole = framed.attribute(".embed-head a", "href").unwrap();
        let page = Page::new().open(&whole);
        wait_for_title(&page, "Qwen3-8B");
        page.wait_for_ink(CANVAS);
        page.wait_for_text("#answer", "2,048 cached");
    }
}

#[test]
fn what_cannot_be_embedded_shows_the_whole_page() {
    for link in ["#v=1&embed=everything", "#v=1&embed=", "#v=1&embed=%3Cscript%3E"] {
        let page = Page::new().open(link);
        page.wait_for_text("[role=alert]", "“embed” was left out");
        wait_for_title(&page, "Llama-2-7b-hf");
        page.wait_for("#model-text");
    }
    // What else is wrong is said in the frame.
    let page = Page::new().open("#v=1&embed=table&hw=abacus");
    page.wait_for_text("[role=alert]", "there is no device “abacus”");
    page.wait_for(".embed [aria-labelledby=layers-title]");
}

#[test]
fn a_frame_is_as_accessible_as_the_page() {
    let looks: [fn() -> PageBuilder; 2] =
        [|| Page::new().size(700, 480), || Page::new().size(320, 480).dark()];
    for look in looks {
        for link in ["#v=1&embed=chart", "#v=1&embed=table", "#v=1&embed=chart&vs=batch=8"] {
            let page = look().open(link);
            page.wait_for("h1");
            assert_eq!(crate::accessible::complaints(&page), Vec::<String>::new(), "{link}");
            page.assert_no_sideways_scrolling();
        }
    }
}
