//! Fragment to scenario. The text may come from anyone.

use super::values::{
    MAX_NAME, accounting, commit, decode, device, name, odd, pasted, reference, short, with, word,
};
use super::{Case, Embed, MAX_VERSUS, ModelSource, Scenario, VERSION, Warning, lists};
use crate::engine::lineup::letter;
use crate::engine::precision::{Overrides, Words};
use crate::engine::serving::Serving;
use crate::engine::serving::sweep::{self, Measure};
use crate::engine::{Query, Workload, catalog};

/// Longer fragments are not looked at. Twice the longest that is made, for encodings that others choose.
const MAX_FRAGMENT: usize = 32_768;
/// The most unknown keys that are kept.
const MAX_UNKNOWN: usize = 16;

/// What decides the figures: the keys of a whole link and of each scenario that it compares with.
const CASE: &[&str] = &[
    "m", "commit", "c", "cached", "in", "batch", "hw", "acc", "w", "act", "kv", "tp", "pp", "ep", "dp",
    "out", "reach", "fuse", "free", "net",
];
/// What only a whole link has.
const PAGE: &[&str] = &["v", "cmp", "sweep", "show", "sel", "embed", VERSUS];
/// The only key that a link may name more than once.
const VERSUS: &str = "vs";

pub fn scenario(text: &str) -> (Scenario, Vec<Warning>) {
    let text = text.strip_prefix('#').unwrap_or(text);
    if text.len() > MAX_FRAGMENT {
        return (Scenario::default(), vec![Warning::TooLong]);
    }
    let mut reader = Reader::default();
    reader.split(text, &[CASE, PAGE]);
    if let Some(found) = reader.get("v").filter(|found| *found != VERSION.to_string()) {
        return (Scenario::default(), vec![Warning::Version { found: short(found) }]);
    }
    let nothing = reader.known.is_empty() && reader.unknown.is_empty();
    let stray = |warning: &Warning| matches!(warning, Warning::Stray { .. });
    if nothing && !reader.warnings.is_empty() && reader.warnings.iter().all(stray) {
        return (Scenario::default(), vec![Warning::Foreign]);
    }
    let own = reader.case(&Case::default(), None);
    let compare = reader.take("cmp", |r| r.get("cmp").map(accounting).transpose());
    let sweeps = reader
        .take("sweep", |r| r.get("sweep").map(sweep::read).transpose().map_err(|error| error.to_string()));
    let measure =
        reader.take("show", |r| r.get("show").map(|id| Measure::find(id).ok_or_else(|| odd(id))).transpose());
    let selection = reader.take("sel", |r| r.get("sel").map(name).transpose());
    let embed = reader.take("embed", |r| {
        let find = |id: &str| Embed::ALL.into_iter().find(|part| part.id() == id).ok_or_else(|| odd(id));
        r.get("embed").map(find).transpose()
    });
    let versus = reader.versus(&own);
    let Case { model, workload, hardware, accounting, formats, serving } = own;
    let unknown = std::mem::take(&mut reader.unknown);
    let scenario = Scenario {
        model,
        workload,
        hardware,
        accounting,
        compare,
        formats,
        serving,
        sweeps: sweeps.unwrap_or_default(),
        measure: measure.unwrap_or_default(),
        selection,
        embed,
        versus,
        unknown,
    };
    (scenario, reader.warnings)
}

#[derive(Default)]
struct Reader {
    known: Vec<(&'static str, String)>,
    unknown: Vec<(String, String)>,
    warnings: Vec<Warning>,
}

impl Reader {
    /// Takes the text apart into keys and values.
    fn split(&mut self, text: &str, keys: &[&[&'static str]]) {
        for part in text.split('&').filter(|part| !part.is_empty()) {
            let Some((key, value)) = part.split_once('=') else {
                self.warn(Warning::Stray { text: short(part) });
                continue;
            };
            let decoded = (decode(key), decode(value));
            let known = keys.iter().copied().flatten().copied().find(|known| *known == key);
            match (known, decoded) {
                (Some(key), _) if key != VERSUS && self.get(key).is_some() => {
                    self.warn(Warning::Repeated { key: key.to_owned() })
                }
                (Some(key), (_, Some(value))) => self.known.push((key, value)),
                (Some(key), (_, None)) => self.refuse(key, "it is not text in UTF-8".to_owned()),
                (None, (Some(key), Some(value))) => self.keep(key, value),
                (None, _) => self.warn(Warning::Stray { text: short(part) }),
            }
        }
    }

    /// Keeps an unknown key, if it is not an unreasonable one.
    fn keep(&mut self, key: String, value: String) {
        let room = self.unknown.len() < MAX_UNKNOWN && key.len() <= MAX_NAME && value.len() <= MAX_NAME;
        if key.is_empty() || !room || [CASE, PAGE].concat().contains(&key.as_str()) {
            self.warn(Warning::Stray { text: short(&key) });
        } else if self.unknown.iter().any(|(other, _)| *other == key) {
            self.warn(Warning::Repeated { key: short(&key) });
        } else {
            self.unknown.push((key, value));
        }
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.known.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str())
    }

    /// The value that `read` finds under `key`, or a warning.
    fn take<T>(&mut self, key: &'static str, read: impl Fn(&Self) -> Result<Option<T>, String>) -> Option<T> {
        read(self).unwrap_or_else(|reason| {
            self.refuse(key, reason);
            None
        })
    }

    /// What decides the figures; what is not said, or cannot be read, is as in `from`. A batch that is not
    /// named is `batch`, without one the queries once.
    fn case(&mut self, from: &Case, batch: Option<u64>) -> Case {
        let format = |reader: &mut Self, key, usual: &Option<String>, read: fn(&str) -> _| {
            let chosen = reader.take(key, |r| r.get(key).map(|text| word(text, read)).transpose());
            chosen.unwrap_or_else(|| usual.clone())
        };
        let usual = &from.formats;
        Case {
            model: self.model().unwrap_or_else(|| from.model.clone()),
            workload: self
                .take("cached", |r| r.workload(&from.workload, batch))
                .unwrap_or_else(|| from.workload.clone()),
            hardware: self
                .take("hw", |r| r.get("hw").map(device).transpose())
                .unwrap_or_else(|| from.hardware.clone()),
            accounting: self
                .take("acc", |r| r.get("acc").map(accounting).transpose())
                .unwrap_or(from.accounting),
            formats: Words {
                weights: format(self, "w", &usual.weights, |w| Overrides::parse(Some(w), None, None)),
                activations: format(self, "act", &usual.activations, |w| {
                    Overrides::parse(None, Some(w), None)
                }),
                kv_cache: format(self, "kv", &usual.kv_cache, |w| Overrides::parse(None, None, Some(w))),
            },
            serving: self.serving(&from.serving),
        }
    }

    /// The scenarios to compare with the link's own.
    fn versus(&mut self, own: &Case) -> Vec<Case> {
        let texts = self.known.iter().filter(|(key, _)| *key == VERSUS);
        let texts: Vec<String> = texts.map(|(_, text)| text.clone()).collect();
        if texts.len() > MAX_VERSUS {
            self.warn(Warning::TooMany);
        }
        let mut cases = Vec::new();
        for text in texts.into_iter().take(MAX_VERSUS) {
            let letter = letter(cases.len() + 1);
            let mut inner = Reader::default();
            inner.split(&text, &[CASE, PAGE]);
            cases.push(inner.case(own, Some(own.workload.batch_size())));
            // What only a whole link has means nothing there, nor does what a later version may add.
            let foreign = inner.known.iter().map(|(key, _)| *key).filter(|key| PAGE.contains(key));
            let unknown = inner.unknown.iter().map(|(key, _)| key.as_str()).chain(foreign);
            let unknown = unknown.map(|key| format!("“{}” means nothing there.", short(key)));
            for reason in inner.warnings.iter().map(ToString::to_string).chain(unknown) {
                self.warn(Warning::Versus { letter, reason });
            }
        }
        cases
    }

    /// How the model is served; each part that makes no sense, or none with the rest, stays as in `from`.
    fn serving(&mut self, from: &Serving) -> Serving {
        let mut serving = *from;
        for key in ["tp", "pp", "ep", "dp", "out", "reach", "fuse", "free", "net"] {
            let read = |reader: &Self| {
                reader.get(key).map(|text| with(serving, key, text).ok_or_else(|| odd(text))).transpose()
            };
            if let Some(read) = self.take(key, read) {
                serving = read;
            }
        }
        if let Err(error) = serving.check() {
            self.refuse("tp", error.to_string());
            return *from;
        }
        serving
    }

    fn refuse(&mut self, key: &'static str, reason: String) {
        self.warn(Warning::Value { key, reason });
    }

    /// More warnings than anyone reads are dropped.
    fn warn(&mut self, warning: Warning) {
        if self.warnings.len() < 8 {
            self.warnings.push(warning);
        }
    }

    fn model(&mut self) -> Option<ModelSource> {
        let pasted = self.take("c", |r| r.get("c").map(pasted).transpose());
        if let Some(config) = pasted {
            if self.get("m").is_some() {
                self.refuse("m", "the link carries a config, and that counts".to_owned());
            }
            return Some(ModelSource::Pasted { config });
        }
        let commit = self.take("commit", |r| r.get("commit").map(commit).transpose());
        let (repo, revision) = self.take("m", |r| r.get("m").map(reference).transpose())?;
        Some(match (catalog::find(&repo), &revision, &commit) {
            (Some(entry), None, None) => ModelSource::BuiltIn(entry.id),
            _ => ModelSource::Hub { repo, revision: revision.filter(|name| name != "main"), commit },
        })
    }

    /// The three keys of the workload, which make sense together only.
    fn workload(&self, from: &Workload, usual_batch: Option<u64>) -> Result<Option<Workload>, String> {
        let list = |key| self.get(key).map(lists::read).transpose();
        let batch = self.get("batch").map(lists::number).transpose()?;
        let (cached, input) = (list("cached")?, list("in")?);
        if cached.is_none() && input.is_none() && batch.is_none() {
            return Ok(None);
        }
        let usual = |of: fn(&Query) -> u64| from.pattern().iter().map(of).collect();
        let mut cached: Vec<u64> = cached.unwrap_or_else(|| usual(|query| query.cached_tokens));
        let mut input: Vec<u64> = input.unwrap_or_else(|| usual(|query| query.input_tokens));
        // One value stands for every query that the other list names.
        match (cached.len(), input.len()) {
            (1, n) => cached = vec![cached[0]; n],
            (n, 1) => input = vec![input[0]; n],
            _ => {}
        }
        let batch = batch.or(usual_batch);
        Workload::new(&cached, &input, batch).map(Some).map_err(|error| error.to_string())
    }
}
