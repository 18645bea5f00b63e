//! `docs/models.md` is printed from what the engine knows, and never drifts from it.

use roofline::engine::catalog::MODELS;
use roofline::engine::{Model, families};
use std::collections::BTreeMap;
use std::fmt::Write;

fn page() -> String {
    let mut page = String::from(
        "# Models\n\n\
         The families that are known, by the `model_type` of a config, with the models that are built in: the same\n\
         figures as on the Hub, there without a network. Any other model of a family works as well, from its own\n\
         `config.json`. Names that end in `_text` are the text models inside multimodal ones, whose names do as well;\n\
         what else those are made of is not counted. The blocks are those of the first model built in, or of the\n\
         defaults of the family's class. This page is printed (`UPDATE=1 cargo test --test models`).\n\n\
         | Family | Blocks | Built in |\n| --- | --- | --- |\n",
    );
    let mut built_in: BTreeMap<String, (String, Vec<&str>)> = BTreeMap::new();
    for entry in MODELS {
        let model = entry.model().unwrap();
        let first = || (blocks(&model), Vec::new());
        built_in.entry(model.model_type.to_string()).or_insert_with(first).1.push(entry.id);
    }
    for family in families::known() {
        let (blocks, ids) = built_in.remove(family).unwrap_or_else(|| {
            match Model::from_json(&format!(r#"{{"model_type": "{family}"}}"#)) {
                Ok(model) if *model.model_type != *family => {
                    (format!("those of `{}`", model.model_type), Vec::new())
                }
                Ok(model) => (blocks(&model), Vec::new()),
                // Its defaults do not make a model.
                Err(_) => Default::default(),
            }
        });
        writeln!(page, "| `{family}` | {blocks} | {} |", ids.join(", ")).unwrap();
    }
    assert!(built_in.is_empty(), "of no known family: {built_in:?}");
    page
}

fn blocks(model: &Model) -> String {
    let blocks = model.groups.iter().filter(|group| !group.members.is_empty());
    blocks.map(|group| format!("{} × {}", group.repeat, group.label)).collect::<Vec<_>>().join("; ")
}

#[test]
fn the_list_of_models_is_what_the_engine_knows() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/models.md");
    let page = page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == page, "docs/models.md is stale: run UPDATE=1 cargo test --test models");
}
