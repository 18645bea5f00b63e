//! Dependencies point one way: `main → {cli, js, ui} → {export, plot, share, hub} → engine`.

use std::fs;
use std::path::{Path, PathBuf};

/// A module and the modules of this crate that it may name.
const LAYERS: &[(&str, &[&str])] = &[
    ("engine", &["engine"]),
    ("export", &["export", "engine"]),
    ("plot", &["plot", "engine"]),
    ("hub", &["hub", "engine"]),
    ("share", &["share", "hub", "engine"]),
    ("cli", &["cli", "export", "plot", "share", "hub", "engine"]),
    ("js", &["js", "export", "plot", "share", "hub", "engine"]),
    ("ui", &["ui", "export", "plot", "share", "hub", "engine"]),
];

/// What only some modules may touch: the words, and who may say them.
const RESERVED: &[(&[&str], &[&str])] = &[
    (&["web_sys", "js_sys", "gloo_", "wasm_bindgen"], &["hub", "js", "ui"]),
    (&["yew"], &["ui"]),
    (&["plotters"], &["plot", "ui"]),
    (&["CanvasBackend"], &["ui"]),
    (&["clap", "comfy_table", "std::fs", "println!", "eprintln!"], &["cli", "export", "first_view"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Every file below src with its layer, its code without comments and tests.
fn files() -> Vec<(PathBuf, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&src, &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(&src).unwrap();
            let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
            let layer = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let code: Vec<_> = text
                .split("#[cfg(test)]\nmod tests")
                .next()
                .unwrap()
                .lines()
                .map(|line| line.split("//").next().unwrap())
                .collect();
            (path, layer, code.join("\n"))
        })
        .collect()
}

#[test]
fn no_module_names_one_above_it() {
    let files = files();
    assert!(files.len() > 30, "only {} files found", files.len());
    for (path, layer, code) in &files {
        if ["lib", "main", "first_view"].contains(&layer.as_str()) {
            continue;
        }
        let row = LAYERS.iter().find(|row| row.0 == layer);
        let (_, allowed) = row.unwrap_or_else(|| panic!("{} is in no layer", path.display()));
        for (at, _) in code.match_indices("crate::") {
            let named: String =
                code[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let known = LAYERS.iter().any(|row| row.0 == named);
            assert!(!known || allowed.contains(&named.as_str()), "{} names {named}", path.display());
        }
    }
}

#[test]
fn each_outside_thing_is_touched_in_its_place_only() {
    let files = files();
    for (words, allowed) in RESERVED {
        for (path, layer, code) in &files {
            let named = words.iter().find(|word| code.contains(**word));
            if let Some(word) = named {
                assert!(allowed.contains(&layer.as_str()), "{} names {word}", path.display());
            }
        }
    }
}

#[test]
fn only_one_file_of_the_page_names_the_canvas_backend() {
    let naming: Vec<_> = files().into_iter().filter(|(_, _, code)| code.contains("CanvasBackend")).collect();
    assert!(naming.len() <= 1, "{:?}", naming.iter().map(|file| &file.0).collect::<Vec<_>>());
}

#[test]
fn families_know_no_formula_and_formulas_no_family() {
    for (path, _, code) in files() {
        let path = path.display().to_string();
        if path.contains("engine/families/") {
            assert!(!code.contains("cost::") && !code.contains("Flops"), "{path} computes a cost");
        }
        if path.contains("engine/cost/") {
            assert!(!code.contains("families"), "{path} names a family");
        }
    }
}
