//! What the page's wasm is made of: each part of ours and each crate, by the names of its functions.

use crate::process::{say, target};
use crate::{size, tools, wasm};
use anyhow::{Result, bail};
use std::collections::BTreeMap;
use std::ops::Range;
use wasmparser::{KnownCustom, Name, Parser, Payload};

/// The page's crate and its library.
const OURS: [&str; 2] = ["roofline", "transformer_roofline_analyzer"];
/// A part below this share of the code is not listed.
const LEAST: usize = 500;

/// The code of functions that belong together, by place.
type Part = Vec<Range<usize>>;

/// Prints the parts of the page that was built last, heaviest first.
///
/// # Errors
/// When the page was not built, or a tool is not there.
pub fn print() -> Result<()> {
    let tools = tools::ensure()?;
    let folder = target().join("xtask").join("parts");
    say("the same wasm with names");
    wasm::bind(&tools, "transformer-roofline-analyzer", "page", &folder, true)?;
    let file = folder.join("page_bg.wasm");
    print!("{}", table(&std::fs::read(file)?)?);
    Ok(())
}

fn table(wasm: &[u8]) -> Result<String> {
    let (parts, data) = parts(wasm)?;
    let code = |without: Option<&str>| -> Vec<u8> {
        let kept = parts.iter().filter(|(name, _)| without != Some(name));
        kept.flat_map(|(_, part)| part).flat_map(|range| &wasm[range.clone()]).copied().collect()
    };
    // Not the best there is, which would take minutes.
    let brotli = |content: &[u8]| size::packed(content, 9);
    let all = code(None);
    let packed = brotli(&all)?;
    let mut rows = vec![("data".to_owned(), 0, data.len(), brotli(&wasm[data])?)];
    for (name, part) in &parts {
        let raw = part.iter().map(Range::len).sum();
        if raw >= LEAST {
            rows.push((name.clone(), part.len(), raw, packed.saturating_sub(brotli(&code(Some(name)))?)));
        }
    }
    rows.sort_by(|a, b| b.3.cmp(&a.3).then_with(|| a.0.cmp(&b.0)));
    let width = rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
    let mut text = format!("{:<width$}  {:>9}  {:>9}  {:>9}\n", "part", "functions", "raw", "brotli");
    for (name, functions, raw, brotli) in rows {
        text += &format!("{name:<width$}  {functions:>9}  {raw:>9}  {brotli:>9}\n");
    }
    text += &format!(
        "{:<width$}  {:>9}  {:>9}  {packed:>9}\nbrotli: what less would be sent without the part\n",
        "all code",
        parts.values().map(Vec::len).sum::<usize>(),
        all.len(),
    );
    Ok(text)
}

/// The parts by name, and where the data is.
fn parts(wasm: &[u8]) -> Result<(BTreeMap<String, Part>, Range<usize>)> {
    let (mut names, mut bodies, mut data, mut imported) = (BTreeMap::new(), Vec::new(), 0..0, 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                imported = section
                    .into_imports()
                    .filter(|import| {
                        import.as_ref().is_ok_and(|import| matches!(import.ty, wasmparser::TypeRef::Func(_)))
                    })
                    .count();
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range()),
            Payload::DataSection(section) => data = section.range(),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(section) = section.as_known() else { continue };
                for subsection in section {
                    let Name::Function(map) = subsection? else { continue };
                    for naming in map {
                        let naming = naming?;
                        names.insert(naming.index as usize, naming.name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    if names.is_empty() {
        bail!("the wasm has no names");
    }
    let mut parts: BTreeMap<String, Part> = BTreeMap::new();
    for (index, body) in bodies.into_iter().enumerate() {
        // wasm-bindgen's own have none.
        let name = names.get(&(imported + index)).map_or("", String::as_str);
        parts.entry(part_of(name)).or_default().push(body);
    }
    Ok((parts, data))
}

/// `engine::families` for whatever works on something of ours, the crate for all else.
fn part_of(name: &str) -> String {
    let plain = without_hashes(name);
    let of_words = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let paths: Vec<Vec<&str>> = plain
        .split(|c| !of_words(c))
        .map(|word| word.split("::").filter(|part| !part.is_empty()).collect::<Vec<_>>())
        .filter(|path| path.len() > 1)
        .collect();
    match paths.iter().find(|path| OURS.contains(&path[0])) {
        Some(path) => format!("ours: {}", path[1..].iter().take(2).copied().collect::<Vec<_>>().join("::")),
        None => paths.first().map_or("?", |path| path[0]).to_owned(),
    }
}

/// `yew[3f2a]::html` without the bracket.
fn without_hashes(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut parts = name.split('[');
    plain += parts.next().unwrap_or_default();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if hash.chars().all(|c| c.is_ascii_hexdigit()) => plain += rest,
            _ => {
                plain.push('[');
                plain += part;
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_what_it_works_on() {
        for (name, part) in [
            ("roofline[7f]::engine::families::qwen::qwen3", "ours: engine::families"),
            ("<roofline[7f]::plot::pen::Pen as core[1]::clone::Clone>::clone", "ours: plot::pen"),
            (
                "core[1]::ptr::drop_in_place::<alloc[2]::vec::Vec<roofline[7f]::hub::base::Base>>",
                "ours: hub::base",
            ),
            ("<yew[3]::virtual_dom::VNode>::reconcile", "yew"),
            ("memcpy", "?"),
        ] {
            assert_eq!(part_of(name), part);
        }
    }
}
