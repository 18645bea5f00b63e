//! Where the config comes from.

use super::{Failure, input};
use crate::engine::{Error, Model, catalog, families};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// The longest config that is read. The longest one known, with its lists of quantised modules, has 2.3 MB.
const MAX_CONFIG_BYTES: u64 = 16 << 20;

/// Builds the model that MODEL names: standard input, a file, a folder with a config.json, or a built-in.
pub fn load(name: &str, as_llama: bool) -> Result<Model, Failure> {
    if name == "-" {
        if io::stdin().is_terminal() {
            let _ = writeln!(io::stderr(), "reading a config.json from standard input; end it with Ctrl-D");
        }
        return build(read(io::stdin().lock(), "standard input")?, None, "standard input", as_llama);
    }
    let mut path = PathBuf::from(name);
    if path.is_dir() {
        path.push("config.json");
    }
    if path.exists() {
        let file =
            std::fs::File::open(&path).map_err(|e| input(format!("cannot open {}: {e}", path.display())))?;
        let shown = path.display().to_string();
        // NVIDIA's checkpoints describe their quantisation in a file of its own beside the config.
        let beside = path.with_file_name("hf_quant_config.json");
        let beside = match std::fs::File::open(&beside) {
            Ok(file) => Some(read(file, &beside.display().to_string())?),
            Err(_) => None,
        };
        let mut model = build(read(file, &shown)?, beside, &shown, as_llama)?;
        model.name = model.name.or_else(|| file_name(&path).map(Into::into));
        return Ok(model);
    }
    match catalog::find(name) {
        Some(entry) => entry.model().map_err(|e| input(e.to_string())),
        None => {
            let meant = match &alike(name)[..] {
                [] => String::new(),
                some => format!(" Did you mean {}?", some.join(", ")),
            };
            Err(input(format!(
                "{name} is neither a file nor a built-in model.{meant} Give the path of a config.json, `-` to read one \
                 from standard input, or a built-in model's name; `--help` lists them"
            )))
        }
    }
}

/// Some built-in models whose names have every word that stands behind the last slash.
fn alike(name: &str) -> Vec<&'static str> {
    let name = name.to_ascii_lowercase();
    let last = name.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
    let words: Vec<&str> =
        last.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let alike = |id: &&str| words.iter().all(|word| id.to_ascii_lowercase().contains(word));
    let all = catalog::MODELS.iter().map(|entry| entry.id);
    if words.is_empty() { Vec::new() } else { all.filter(alike).take(4).collect() }
}

/// A line that asks for a model, by its name or with a config.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked<'a> {
    model: String,
    #[serde(borrow)]
    config: Option<&'a RawValue>,
}

/// What tells such a line from a config.
#[derive(Deserialize)]
struct Keys {
    model: Option<IgnoredAny>,
    model_type: Option<IgnoredAny>,
}

/// Builds the model of a line: a config, `{"model": …}` or `{"model": …, "config": {…}}`. On failure with the
/// name that the line gives, if it gives one.
pub fn line(text: &str, as_llama: bool) -> Result<Model, (Option<String>, Failure)> {
    let asks = serde_json::from_str::<Keys>(text)
        .is_ok_and(|keys| keys.model.is_some() && keys.model_type.is_none());
    if !asks {
        return build(text.to_owned(), None, "the config", as_llama).map_err(|failure| (None, failure));
    }
    let Asked { model: name, config } = serde_json::from_str(text).map_err(|e| {
        let reason = format!("write {{\"model\": \"…\"}}, with \"config\": {{…}} behind it or not; {e}");
        (None, input(reason))
    })?;
    let model = match config {
        Some(config) => build(config.get().to_owned(), None, "the config", as_llama)
            .map(|model| Model { name: Some(name.as_str().into()), ..model }),
        None if name == "-" => Err(input("a line cannot ask for standard input: it is read already")),
        None => load(&name, as_llama),
    };
    model.map_err(|failure| (Some(name), failure))
}

/// The lines of standard input that are not blank, with their numbers from one.
pub fn lines() -> impl Iterator<Item = (u64, Result<String, Failure>)> {
    let mut reader = BufReader::new(io::stdin());
    let mut number = 0;
    std::iter::from_fn(move || {
        loop {
            number += 1;
            let mut bytes = Vec::new();
            let shown = format!("line {number} of standard input");
            let taken = reader.by_ref().take(MAX_CONFIG_BYTES + 1).read_until(b'\n', &mut bytes);
            match taken
                .map_err(|e| input(format!("cannot read {shown}: {e}")))
                .and_then(|_| read(&bytes[..], &shown))
            {
                Ok(text) if text.is_empty() => return None,
                Ok(text) if text.trim().is_empty() => {}
                result => return Some((number, result)),
            }
        }
    })
}

fn build(text: String, beside: Option<String>, source: &str, as_llama: bool) -> Result<Model, Failure> {
    let text = if as_llama { families::asking_for_llama(&text) } else { text };
    Model::from_files(&text, beside.as_deref()).map_err(|e| {
        let offer = matches!(e, Error::UnknownFamily { llama_like: true, .. });
        let cure = if offer { ". Ask with --as-llama" } else { "" };
        input(format!("{source}: {e}{cure}"))
    })
}

fn read(from: impl Read, source: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    from.take(MAX_CONFIG_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| input(format!("cannot read {source}: {e}")))?;
    if bytes.len() as u64 > MAX_CONFIG_BYTES {
        return Err(input(format!("{source} is larger than 16 MiB, which no config.json is")));
    }
    String::from_utf8(bytes).map_err(|e| {
        input(format!("{source} is not UTF-8 text: byte {} is not", e.utf8_error().valid_up_to() + 1))
    })
}

/// The model's name after the file it came from: the folder of a `config.json`, else the file's own.
fn file_name(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    let name = if stem == "config" { path.parent()?.file_name()?.to_str()? } else { stem };
    Some(name.to_owned())
}
