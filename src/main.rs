//! The page, on wasm; the command line, everywhere else.

#[cfg(target_arch = "wasm32")]
fn main() {
    #[cfg(feature = "page")]
    roofline::ui::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    roofline::cli::main()
}
