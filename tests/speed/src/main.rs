//! Times what it is told to and prints the table: `cargo xtask bench` builds what it needs and calls it.

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> anyhow::Result<()> {
    use anyhow::{Context, bail};
    use speed::page::{self, Wasm};
    use speed::{engine, process, table};

    let mut arguments = std::env::args().skip(1);
    let usage =
        "call it by `cargo xtask bench`: it wants the command line's program, the wasm's folder and parts";
    let (program, wasm) = arguments.next().zip(arguments.next()).context(usage)?;
    let mut rows = Vec::new();
    for part in arguments {
        eprintln!("==> timing the {part}");
        rows.extend(match part.as_str() {
            "engine" => engine::rows(&Wasm::load(wasm.as_ref())?),
            "cli" => process::rows(program.as_ref())?,
            "page" => page::rows(),
            _ => bail!("there is no part called {part}; {usage}"),
        });
    }
    print!("{}", table::markdown(&rows));
    Ok(())
}
