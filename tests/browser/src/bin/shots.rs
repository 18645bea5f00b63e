//! Photographs the page for people to look at: `cargo xtask shots ['#FRAGMENT'…]`.

use browser::{Page, PageBuilder};

const SIZES: [(u32, u32); 5] = [(1440, 900), (1024, 768), (768, 1024), (375, 812), (320, 568)];

type Look = fn(PageBuilder) -> PageBuilder;

/// How the page is looked at.
const LOOKS: [(&str, Look); 4] = [
    ("light", |page| page),
    ("dark", PageBuilder::dark),
    ("forced", |page| page.dark().media("forced-colors", "active")),
    ("print", PageBuilder::print),
];

fn main() {
    let mut fragments: Vec<String> = std::env::args().skip(1).collect();
    if fragments.is_empty() {
        fragments.push(String::new());
    }
    for (number, fragment) in fragments.iter().enumerate() {
        let fragment = if fragment.is_empty() || fragment.starts_with('#') {
            fragment.clone()
        } else {
            format!("#{fragment}")
        };
        for (width, height) in SIZES {
            for (name, look) in LOOKS {
                // A sheet of paper has one width.
                if name == "print" && width != 768 {
                    continue;
                }
                let page = look(Page::new().size(width, height)).reduced_motion().open(&fragment);
                let file = page.screenshot_whole(&format!("page{number}-{width}-{name}"));
                println!("{}", file.display());
                // Pictures of a broken page are wanted too.
                for line in page.console().iter().filter(|line| line.starts_with("SEVERE")) {
                    eprintln!("console: {line}");
                }
                page.expect_console("");
            }
        }
    }
}
