//! The page as it opens, as HTML, on standard output: `cargo xtask build` puts it into the page, where it stands
//! until the wasm has arrived.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::io::Result<()> {
    println!("{}", roofline::ui::first_view()?);
    Ok(())
}

#[cfg(target_arch = "wasm32")]
fn main() {}
