//! What a visitor downloads, and how much of it there may be.

use crate::process;
use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use std::path::Path;

/// What the wasm may weigh, in bytes; 1 kB = 1000 bytes. A ratchet: it goes down with the wasm, and up only
/// with a reason in the commit.
const WASM_RAW_BUDGET: usize = 1_172_000;
const WASM_BROTLI_BUDGET: usize = 407_000;
/// Where it should be: 400 kB as built, 150 kB as sent.
const WASM_RAW_GOAL: usize = 400_000;
const WASM_BROTLI_GOAL: usize = 150_000;

/// One file of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    name: String,
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// Prints the table; fails past the budget.
pub fn check() -> Result<()> {
    let rows = measure(&process::dist())?;
    print!("{}", table(&rows));
    let wasm: Vec<&Row> = rows.iter().filter(|row| row.name.ends_with(".wasm")).collect();
    if wasm.is_empty() {
        bail!("dist/ holds no wasm; run `cargo xtask build --force`");
    }
    let complaints: Vec<String> = wasm.iter().flat_map(|row| over_budget(row)).collect();
    if !complaints.is_empty() {
        bail!(
            "{}. `cargo tree --target wasm32-unknown-unknown --edges normal` shows what is linked in; \
             the last commits show what grew",
            complaints.join("; ")
        );
    }
    println!(
        "wasm within its ceiling of {} kB raw and {} kB brotli; the goal is {} and {}",
        WASM_RAW_BUDGET / 1000,
        WASM_BROTLI_BUDGET / 1000,
        WASM_RAW_GOAL / 1000,
        WASM_BROTLI_GOAL / 1000
    );
    Ok(())
}

/// The table of a folder's files with one of these endings.
pub fn of(folder: &Path, endings: &[&str]) -> Result<String> {
    let mut rows = measure(folder)?;
    rows.retain(|row| row.name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending)));
    Ok(table(&rows))
}

fn over_budget(row: &Row) -> Vec<String> {
    [("raw", row.raw, WASM_RAW_BUDGET), ("brotli", row.brotli, WASM_BROTLI_BUDGET)]
        .into_iter()
        .filter(|(_, size, budget)| size > budget)
        .map(|(how, size, budget)| {
            format!("{} has {size} bytes {how}, {} past the budget of {budget}", row.name, size - budget)
        })
        .collect()
}

fn measure(dist: &Path) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let entries = std::fs::read_dir(dist).context("there is no dist/; run `cargo xtask build`")?;
    for entry in entries {
        let path = entry?.path();
        if !path.is_file() {
            continue;
        }
        let content = std::fs::read(&path)?;
        rows.push(Row {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            raw: content.len(),
            gzip: gzip(&content)?,
            brotli: brotli(&content)?,
        });
    }
    rows.sort_by(|a, b| b.raw.cmp(&a.raw).then_with(|| a.name.cmp(&b.name)));
    Ok(rows)
}

fn gzip(content: &[u8]) -> Result<usize> {
    gzipped(content).map(|packed| packed.len())
}

/// As the most careful of hosts would pack it.
pub fn gzipped(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn brotli(content: &[u8]) -> Result<usize> {
    packed(content, 11)
}

/// The bytes that brotli leaves, at a quality of 0 to 11.
pub fn packed(content: &[u8], quality: i32) -> Result<usize> {
    let mut packed = Vec::new();
    let options = brotli::enc::BrotliEncoderParams { quality, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut packed, &options)?;
    Ok(packed.len())
}

fn table(rows: &[Row]) -> String {
    let total = Row {
        name: "total".to_owned(),
        raw: rows.iter().map(|row| row.raw).sum(),
        gzip: rows.iter().map(|row| row.gzip).sum(),
        brotli: rows.iter().map(|row| row.brotli).sum(),
    };
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(5);
    let mut text = format!("{:<width$}  {:>9}  {:>9}  {:>9}\n", "bytes", "raw", "gzip", "brotli");
    for row in rows.iter().chain([&total]) {
        text += &format!("{:<width$}  {:>9}  {:>9}  {:>9}\n", row.name, row.raw, row.gzip, row.brotli);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, raw: usize, brotli: usize) -> Row {
        Row { name: name.to_owned(), raw, gzip: raw / 2, brotli }
    }

    #[test]
    fn the_budget_is_kept_up_to_the_last_byte() {
        let cases = [
            (row("a.wasm", WASM_RAW_BUDGET, WASM_BROTLI_BUDGET), 0),
            (row("a.wasm", WASM_RAW_BUDGET + 1, WASM_BROTLI_BUDGET), 1),
            (row("a.wasm", WASM_RAW_BUDGET, WASM_BROTLI_BUDGET + 1), 1),
            (row("a.wasm", WASM_RAW_BUDGET + 1, WASM_BROTLI_BUDGET + 1), 2),
        ];
        for (row, complaints) in cases {
            assert_eq!(over_budget(&row).len(), complaints, "{row:?}");
        }
    }

    #[test]
    fn a_complaint_says_by_how_much() {
        let size = WASM_RAW_BUDGET + 123;
        let said = over_budget(&row("a.wasm", size, 1)).join("");
        assert_eq!(said, format!("a.wasm has {size} bytes raw, 123 past the budget of {WASM_RAW_BUDGET}"));
    }

    #[test]
    fn the_table_adds_up() {
        let text = table(&[row("app.wasm", 100, 30), row("app.css", 20, 10)]);
        let expected = "\
bytes           raw       gzip     brotli
app.wasm        100         50         30
app.css          20         10         10
total           120         60         40
";
        assert_eq!(text, expected);
    }

    #[test]
    fn packing_packs() {
        let zeros = vec![0; 10_000];
        assert!(gzip(&zeros).unwrap() < 100);
        assert!(brotli(&zeros).unwrap() < 100);
    }
}
