//! Photographs the page for people to look at: `cargo xtask shots ['#FRAGMENT'…]`.

use browser::Page;

const WIDTHS: [(u32, u32); 3] = [(1440, 900), (768, 1024), (375, 812)];

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
        for (width, height) in WIDTHS {
            for dark in [false, true] {
                let page = Page::new().size(width, height);
                let page = if dark { page.dark() } else { page }.reduced_motion().open(&fragment);
                let file = page.screenshot_whole(&format!(
                    "page{number}-{width}-{}",
                    if dark { "dark" } else { "light" }
                ));
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
