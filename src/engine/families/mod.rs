//! One file a family: it turns a config into the family-free [`Model`] and knows no formula.

mod llama;

use super::config::HfConfig;
use super::error::Error;
use super::model::Model;

/// Builds the model that a config of the family describes.
type Build = fn(&HfConfig) -> Result<Model, Error>;

/// Every `model_type` that is known, and its builder.
const FAMILIES: &[(&str, Build)] = &[("llama", llama::build)];

/// Every `model_type` that is known.
pub fn known() -> Vec<&'static str> {
    FAMILIES.iter().map(|row| row.0).collect()
}

/// Builds the model with the family that its `model_type` names.
///
/// # Errors
/// [`Error::UnknownFamily`] with the nearest name, or what the family finds wrong.
pub fn build(config: &HfConfig) -> Result<Model, Error> {
    let keys = config.keys();
    let Some(model_type) = keys.opt_word(&["model_type"])? else {
        let reason = format!(
            "missing; it names the family, one of {}. Without it the architecture would be a guess",
            known().join(", ")
        );
        return Err(keys.refuse("model_type", reason));
    };
    match FAMILIES.iter().find(|row| row.0 == model_type) {
        Some((_, build)) => build(config),
        None => Err(Error::UnknownFamily {
            model_type: model_type.chars().take(60).collect(),
            nearest: nearest(model_type),
            known: known(),
            position: None,
        }),
    }
}

/// The known name with the fewest edits, when that is few enough to be a slip.
fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    if name.len() > 60 {
        return None;
    }
    known()
        .into_iter()
        .map(|candidate| (edits(&name, candidate), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let replace = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_families_are_refused_with_the_nearest_name() {
        for (model_type, near) in [
            ("lama", Some("llama")),
            ("LLaMA", Some("llama")),
            ("llama2", Some("llama")),
            ("t5", None),
            ("mamba2", None),
        ] {
            let config = HfConfig::parse(&format!(r#"{{"model_type": "{model_type}"}}"#)).unwrap();
            match build(&config).unwrap_err() {
                Error::UnknownFamily { nearest, known, .. } => {
                    assert_eq!(nearest, near, "{model_type}");
                    assert!(known.contains(&"llama"));
                }
                other => panic!("{other}"),
            }
        }
    }

    #[test]
    fn a_missing_model_type_is_no_guess() {
        let config = HfConfig::parse(r#"{"hidden_size": 8}"#).unwrap();
        let error = build(&config).unwrap_err();
        assert_eq!(error.key(), Some("model_type"));
        assert!(error.to_string().contains("guess"));
    }

    #[test]
    fn edits_are_counted() {
        for (a, b, n) in
            [("", "abc", 3), ("kitten", "sitting", 3), ("llama", "llama", 0), ("lama", "llama", 1)]
        {
            assert_eq!(edits(a, b), n);
        }
    }
}
