//! One file a lineage: it turns a config into the family-free [`Model`] and knows no formula.

mod afmoe;
mod apertus;
mod bloom;
mod cohere;
mod deepseek;
mod deepseek_v4;
mod dots;
mod ernie;
mod exaone;
mod falcon;
mod gemma;
mod gemma3n;
mod gemma4;
mod glm;
mod gpt2;
mod gpt_neo;
mod gpt_neox;
mod gpt_oss;
mod granite_moe;
mod granite_swa;
mod hunyuan;
mod kimi;
mod laguna;
mod lfm2;
mod llama;
mod llama4;
mod longcat;
mod mamba;
mod mimo;
mod minimax;
mod mistral;
mod mixture;
mod mpt;
mod nanochat;
mod nemotron;
mod olmo;
mod opt;
mod persimmon;
mod phi;
mod pure_mamba;
mod qwen;
mod qwen3_next;
mod seed_oss;
mod shape;
mod stablelm;
mod starcoder2;
mod step;
mod zamba2;

use super::blocks::{Block, linear, whole};
use super::config::{HfConfig, Keys};
use super::error::Error;
use super::model::{Group, Layer, Model, NormKind, Note, NoteKind, Op, Role, Stage};
use super::order::sorted;
use serde_json::json;

/// Builds the model that a config of the family describes, under the `model_type` that named it.
type Build = fn(Keys<'_>, &str) -> Result<Model, Box<Error>>;

/// Every `model_type` that is known, and its builder.
const FAMILIES: &[(&str, Build)] = &[
    ("afmoe", afmoe::build),
    ("apertus", apertus::first),
    ("apertus1p5_text", apertus::later),
    ("arcee", llama::arcee),
    ("aria_text", granite_moe::aria),
    ("axk1", deepseek::axk1),
    ("bailing_hybrid", kimi::ling),
    ("bamba", mamba::bamba),
    ("beam", afmoe::beam),
    ("bitnet", llama::bitnet),
    ("bloom", bloom::build),
    ("codegen", gpt_neox::codegen),
    ("cohere", cohere::cohere),
    ("cohere2", cohere::cohere2),
    ("cohere2_moe", cohere::cohere2_moe),
    ("cohere_compass_text", cohere::compass),
    ("cwm", llama::cwm),
    ("dbrx", mpt::dbrx),
    ("deepseek_v2", deepseek::v2),
    ("deepseek_v3", deepseek::v3),
    ("deepseek_v32", deepseek::v32),
    ("deepseek_v4", deepseek_v4::build),
    ("dots1", dots::build),
    ("dots3_note_text", dots::third),
    ("ernie4_5", ernie::dense),
    ("ernie4_5_moe", ernie::mixed),
    ("exaone", llama::exaone),
    ("exaone4", exaone::dense),
    ("exaone_moe", exaone::mixed),
    ("falcon", falcon::build),
    ("falcon_h1", mamba::falcon_h1),
    ("falcon_mamba", pure_mamba::falcon),
    ("flex_olmo", olmo::flex),
    ("flint", qwen::flint),
    ("gemma", gemma::gemma),
    ("gemma2", gemma::gemma2),
    ("gemma3_text", gemma::gemma3),
    ("gemma3n_text", gemma3n::build),
    ("gemma4_text", gemma4::parted),
    ("gemma4_unified_text", gemma4::unified),
    ("glm", glm::glm),
    ("glm4", glm::glm4),
    ("glm4_moe", glm::glm4_moe),
    ("glm4_moe_lite", deepseek::glm4_lite),
    ("glm4v_moe_text", glm::glm4v_moe),
    ("glm4v_text", glm::glm4v),
    ("glm_moe_dsa", deepseek::glm),
    ("gpt2", gpt2::gpt2),
    ("gpt_bigcode", gpt2::bigcode),
    ("gpt_neo", gpt_neo::build),
    ("gpt_neox", gpt_neox::neox),
    ("gpt_oss", gpt_oss::build),
    ("gptj", gpt_neox::gptj),
    ("granite", llama::granite),
    ("granite_swa", granite_swa::dense),
    ("granitemoe", granite_moe::plain),
    ("granitemoe_swa", granite_swa::mixed),
    ("granitemoehybrid", mamba::granite),
    ("granitemoeshared", granite_moe::shared),
    ("helium", llama::helium),
    ("hunyuan_v1_dense", hunyuan::dense),
    ("hunyuan_v1_moe", hunyuan::mixed),
    ("hy_v3", hunyuan::third),
    ("hy_v4", deepseek::hy_v4),
    ("hyperclovax", llama::hyperclova),
    ("internlm3", llama::internlm3),
    ("iquestcoder", llama::iquest),
    ("jais2", nemotron::jais2),
    ("jamba", pure_mamba::jamba),
    ("kimi_k2", deepseek::v3),
    ("kimi_linear", kimi::kimi),
    ("kolibri1", exaone::kolibri),
    ("laguna", laguna::build),
    ("lara_mini", qwen3_next::lara),
    ("lfm2", lfm2::dense),
    ("lfm2_moe", lfm2::mixed),
    ("lfm3", lfm2::third),
    ("llama", llama::llama),
    ("llama4_text", llama4::build),
    ("longcat_flash", longcat::build),
    ("mamba", pure_mamba::mamba),
    ("mamba2", pure_mamba::mamba2),
    ("mellum", qwen::mellum),
    ("mimo_v2_flash", mimo::build),
    ("minicpm3", deepseek::minicpm3),
    ("minimax", minimax::first),
    ("minimax_m1", minimax::first),
    ("minimax_m2", minimax::second),
    ("minimax_m3_vl_text", minimax::third),
    ("minimax_text_01", minimax::first),
    ("ministral", mistral::ministral),
    ("ministral3", mistral::ministral3),
    ("mistral", mistral::mistral),
    ("mistral4", deepseek::mistral4),
    ("mixtral", mistral::mixtral),
    ("mpt", mpt::mpt),
    ("nanochat", nanochat::build),
    ("nemotron", nemotron::nemotron),
    ("nemotron_h", mamba::nemotron),
    ("olmo", olmo::olmo),
    ("olmo2", olmo::olmo2),
    ("olmo3", olmo::olmo3),
    ("olmo_hybrid", olmo::hybrid),
    ("olmoe", olmo::olmoe),
    ("opt", opt::build),
    ("persimmon", persimmon::build),
    ("phi", phi::phi),
    ("phi3", phi::phi3),
    ("phi4_multimodal", phi::multimodal),
    ("phi4mm", phi::multimodal),
    ("phimoe", phi::phimoe),
    ("qwen2", qwen::qwen2),
    ("qwen2_5_vl_text", qwen::qwen2_vl),
    ("qwen2_moe", qwen::qwen2_moe),
    ("qwen2_vl_text", qwen::qwen2_vl),
    ("qwen3", qwen::qwen3),
    ("qwen3_5_moe_text", qwen3_next::mixed),
    ("qwen3_5_text", qwen3_next::dense),
    ("qwen3_moe", qwen::qwen3_moe),
    ("qwen3_next", qwen3_next::next),
    ("qwen3_vl_moe_text", qwen::qwen3_vl_moe),
    ("qwen3_vl_text", qwen::qwen3_vl),
    ("sarvam_mla", deepseek::sarvam),
    ("sarvam_moe", glm::sarvam),
    ("seed_oss", seed_oss::build),
    ("smollm3", llama::smollm3),
    ("solar_open", glm::solar),
    ("stablelm", stablelm::build),
    ("starcoder2", starcoder2::build),
    ("step3p5", step::build),
    ("vaultgemma", gemma::vault),
    ("youtu", deepseek::youtu),
    ("zamba2", zamba2::build),
];

/// Wrappers around a text model, the key that holds it, and the family it has where it does not say.
const WRAPPERS: &[(&str, &str, &str)] = &[
    ("apertus1p5", "text_config", "apertus1p5_text"),
    ("aria", "text_config", "aria_text"),
    ("cohere_compass", "text_config", "cohere_compass_text"),
    ("dots3_note", "text_config", "dots3_note_text"),
    ("gemma3", "text_config", "gemma3_text"),
    ("gemma3n", "text_config", "gemma3n_text"),
    ("gemma4", "text_config", "gemma4_text"),
    ("gemma4_unified", "text_config", "gemma4_unified_text"),
    ("llama4", "text_config", "llama4_text"),
    ("llava", "text_config", "llama"),
    ("minimax_m3_vl", "text_config", "minimax_m3_vl_text"),
    ("mistral3", "text_config", "mistral"),
    ("qwen3_5", "text_config", "qwen3_5_text"),
    ("qwen3_5_moe", "text_config", "qwen3_5_moe_text"),
    ("step3p7", "text_config", "step3p5"),
];

/// Wrappers whose older configs have the text model's keys beside their own, and its family.
const FLAT: &[(&str, &str)] =
    &[("dots3_note", "dots3_note_text"), ("qwen2_vl", "qwen2_vl_text"), ("qwen2_5_vl", "qwen2_5_vl_text")];

/// Where wrappers keep their text model.
const NESTED: &[&str] = &["text_config", "llm_config", "language_config"];

/// Every `model_type` that is known, wrappers included.
pub fn known() -> Vec<&'static str> {
    let names: Vec<_> = FAMILIES.iter().map(|row| row.0).chain(WRAPPERS.iter().map(|row| row.0)).collect();
    sorted(&names, |a, b| a.cmp(b))
}

/// Whether a `model_type` is that of a wrapper, whose text model is one of another family.
pub fn is_wrapper(model_type: &str) -> bool {
    WRAPPERS.iter().any(|row| row.0 == model_type)
}

/// Builds the model with the family that its `model_type` names.
///
/// # Errors
/// [`Error::UnknownFamily`] with the nearest name, or what the family finds wrong.
pub fn build(config: &HfConfig) -> Result<Model, Box<Error>> {
    let keys = config.keys();
    let Some(model_type) = keys.opt_word(&["model_type"])? else {
        let reason = format!(
            "missing; it names the family, one of {}. Without it the architecture would be a guess",
            known().join(", ")
        );
        return Err(keys.refuse("model_type", reason));
    };
    if let Some(model) = nested(keys, model_type)? {
        return Ok(model);
    }
    if let Some(family) = find(model_type) {
        causal(keys)?;
        return family(keys, model_type);
    }
    // A wrapper whose text model is left out altogether takes the text model's defaults.
    if let Some((_, key, text_type)) = WRAPPERS.iter().find(|row| row.0 == model_type)
        && let Some(family) = find(text_type)
    {
        keys.assume(key, serde_json::Value::Null, "the config leaves it out, so all of its defaults apply");
        return family(keys, text_type);
    }
    if keys.opt_word(&[READ_AS])? == Some("llama") {
        return read_as_llama(keys, model_type);
    }
    Err(unknown(keys, model_type))
}

/// The key that asks to analyse a config of an unknown family as a plain llama-like decoder. It is of our
/// making and stands in the config itself, so that every copy and every link carries it.
pub const READ_AS: &str = "roofline_read_as";

/// The keys that make a config look like a plain llama-like decoder.
const LLAMA_LIKE: &[&str] =
    &["hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size"];

/// The config's text with the request to analyse it as a plain llama-like decoder.
pub fn asking_for_llama(text: &str) -> String {
    match text.split_once('{') {
        Some((before, rest)) => {
            let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
            format!("{before}{{\n  \"{READ_AS}\": \"llama\"{comma}{rest}")
        }
        None => text.to_owned(),
    }
}

/// An unknown family taken for a plain llama-like decoder because the user asked for it, and marked so.
fn read_as_llama(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    if let Some(missing) = LLAMA_LIKE.iter().find(|key| !keys.has(key)) {
        return Err(keys.refuse(missing, "missing, so this is no plain llama-like decoder"));
    }
    let mut model = llama::llama(keys, &format!("{model_type}, read as llama"))?;
    for group in &mut model.groups {
        group.label = format!("{} · read as llama", group.label).into();
    }
    model.read_as = Some("llama");
    let text = format!(
        "\"{model_type}\" is not a family this tool knows; it was read as a plain llama-like decoder because that was asked for, and every figure may be wrong"
    );
    model.notes.insert(0, Note::new(NoteKind::Model, text));
    Ok(model)
}

fn unknown(keys: Keys<'_>, model_type: &str) -> Box<Error> {
    Box::new(Error::UnknownFamily {
        model_type: model_type.chars().take(60).collect(),
        nearest: nearest(model_type),
        known: known(),
        llama_like: LLAMA_LIKE.iter().all(|key| keys.has(key)),
        position: None,
    })
}

fn find(model_type: &str) -> Option<Build> {
    let name = FLAT.iter().find(|row| row.0 == model_type).map_or(model_type, |row| row.1);
    FAMILIES.iter().find(|row| row.0 == name).map(|row| row.1)
}

/// The text model inside a wrapper, where there is one of a known family.
fn nested(keys: Keys<'_>, outer: &str) -> Result<Option<Model>, Box<Error>> {
    for key in NESTED {
        let Some(inner) = keys.nested(key) else { continue };
        let assumed = WRAPPERS.iter().find(|row| row.0 == outer).map(|row| row.2);
        let model_type = match (inner.opt_word(&["model_type"])?, assumed) {
            (Some(model_type), _) => model_type,
            (None, Some(assumed)) => {
                inner.assume("model_type", assumed, "what a wrapper of this type holds");
                assumed
            }
            (None, None) => continue,
        };
        let Some(family) = find(model_type) else {
            return Err(Box::new(Error::UnknownFamily {
                model_type: model_type.chars().take(60).collect(),
                nearest: nearest(model_type),
                known: known(),
                llama_like: false,
                position: None,
            }));
        };
        causal(inner)?;
        let mut model = family(inner, model_type)?;
        let text = format!("{outer} wraps a {model_type} text model; the text model alone is analysed");
        model.notes.push(Note::new(NoteKind::Model, text));
        return Ok(Some(model));
    }
    Ok(None)
}

/// # Errors
/// When every token sees those behind it as well, as in the encoders that decoders of many families are made into.
fn causal(keys: Keys<'_>) -> Result<(), Box<Error>> {
    let encoders =
        [("use_bidirectional_attention", &[json!(true), json!("all")][..]), ("is_causal", &[json!(false)])];
    match encoders.into_iter().find(|(key, values)| keys.holds(key, values)) {
        Some((key, _)) => {
            Err(keys.refuse(key, "tokens see those behind them too; only decoders are counted"))
        }
        None => Ok(()),
    }
}

/// The layers that predict further tokens, where the config has any: each joins the hidden state with the
/// next token's embedding, runs a block and norms its output.
fn prediction(keys: Keys<'_>, block: Block) -> Result<Option<Group>, Box<Error>> {
    // Classes of transformers 5 know them by the other name too.
    let names = ["num_nextn_predict_layers", "num_mtp_layers"];
    let repeat = keys.count_of_or(&names, 0, "no multi-token prediction")?;
    let hidden = block.hidden;
    let norm = Layer::new(Role::PredictionNorm, Op::Norm(whole(NormKind::Rms, hidden)));
    let mut layers = vec![norm, norm, linear(Role::PredictionProj, 2 * hidden, hidden, false)];
    layers.extend(block.layers());
    layers.push(norm);
    let label = "multi-token prediction".to_owned();
    let group = Group { stage: Stage::Prediction, label: label.into(), repeat, members: Vec::new(), layers };
    Ok((repeat > 0).then_some(group))
}

/// The known name with the fewest edits, when that is few enough to be a slip.
fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
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
    use crate::engine::dtype::DType;

    #[test]
    fn unknown_families_are_refused_with_the_nearest_name() {
        for (model_type, near) in [
            ("lama", Some("llama")),
            ("LLaMA", Some("llama")),
            ("llama2", Some("llama")),
            ("qwen_3_moe", Some("qwen3_moe")),
            // One edit, and one more for every four letters of the name that is meant.
            ("llamaxx", Some("llama")),
            ("mixtralxy", Some("mixtral")),
            ("mixtralxyz", None),
            ("wav2vec", None),
        ] {
            let config = HfConfig::parse(&format!(r#"{{"model_type": "{model_type}"}}"#)).unwrap();
            match *build(&config).unwrap_err() {
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
    fn every_family_stands_on_its_defaults() {
        // These cannot: transformers has no default for the experts that a token takes or for how many there
        // are, or which layers attend, and its defaults of a hidden size and heads do not divide.
        let incomplete = [
            ("deepseek_v2", "num_experts_per_tok"),
            ("dots1", "n_routed_experts"),
            ("glm4_moe", "hidden_size"),
            ("glm4v_moe_text", "hidden_size"),
            ("lfm2_moe", "layer_types"),
        ];
        for (model_type, _) in FAMILIES {
            let config = HfConfig::parse(&format!(r#"{{"model_type": "{model_type}"}}"#)).unwrap();
            match incomplete.iter().find(|row| row.0 == *model_type) {
                Some((_, key)) => assert_eq!(build(&config).unwrap_err().key(), Some(*key)),
                None => {
                    let model = build(&config).unwrap();
                    assert!(!model.notes.is_empty(), "{model_type} lists what it assumed");
                }
            }
        }
    }

    #[test]
    fn wrappers_yield_their_text_model() {
        let text = r#"{"model_type": "mistral3", "torch_dtype": "bfloat16",
            "text_config": {"model_type": "mistral", "hidden_size": 512, "num_attention_heads": 8}}"#;
        let model = build(&HfConfig::parse(text).unwrap()).unwrap();
        assert_eq!((&*model.model_type, model.hidden_size), ("mistral", 512));
        assert_eq!(model.precision.weights, DType::BFloat16);
        assert!(model.notes.iter().any(|note| note.text.contains("text model alone")));
        let inner = r#"{"model_type": "new_vlm", "text_config": {"model_type": "mamba9"}}"#;
        assert!(matches!(
            *build(&HfConfig::parse(inner).unwrap()).unwrap_err(),
            Error::UnknownFamily { model_type, .. } if model_type == "mamba9"
        ));
    }

    #[test]
    fn a_text_model_without_a_type_is_what_its_wrapper_holds() {
        // The text_config that each wrapper's class in transformers builds where none is named.
        for (wrapper, text_type) in [
            ("apertus1p5", "apertus1p5_text"),
            ("aria", "aria_text"),
            ("cohere_compass", "cohere_compass_text"),
            ("dots3_note", "dots3_note_text"),
            ("gemma3", "gemma3_text"),
            ("gemma3n", "gemma3n_text"),
            ("gemma4", "gemma4_text"),
            ("gemma4_unified", "gemma4_unified_text"),
            ("llama4", "llama4_text"),
            ("llava", "llama"),
            ("minimax_m3_vl", "minimax_m3_vl_text"),
            ("mistral3", "mistral"),
            ("qwen3_5", "qwen3_5_text"),
            ("qwen3_5_moe", "qwen3_5_moe_text"),
            ("step3p7", "step3p5"),
        ] {
            // By default Gemma 3n's last layers share what those before them keep, which are none of two.
            let text = r#""num_hidden_layers": 2, "num_kv_shared_layers": 0"#;
            let text = format!(r#"{{"model_type": "{wrapper}", "text_config": {{{text}}}}}"#);
            let model = build(&HfConfig::parse(&text).unwrap()).unwrap();
            assert_eq!(&*model.model_type, text_type, "{wrapper}");
        }
    }

    #[test]
    fn an_unknown_family_is_read_as_llama_only_when_asked() {
        let text = r#"{"model_type": "brandnew", "hidden_size": 64, "intermediate_size": 80, "vocab_size": 90,
            "num_hidden_layers": 2, "num_attention_heads": 4}"#;
        let error = Model::from_json(text).unwrap_err();
        assert!(matches!(&error, Error::UnknownFamily { llama_like: true, .. }), "{error}");
        let model = Model::from_json(&asking_for_llama(text)).unwrap();
        assert_eq!((&*model.model_type, model.read_as), ("brandnew, read as llama", Some("llama")));
        assert!(model.notes[0].text.contains("may be wrong"));
        assert!(model.groups.iter().all(|group| group.label.ends_with("read as llama")));
        // The request survives the reduction that a link makes.
        assert_eq!(Model::from_json(&model.reduced().to_string()).unwrap().groups, model.groups);
        // A family that is known is not overruled, and half a config is not enough.
        let known = asking_for_llama(r#"{"model_type": "qwen3"}"#);
        assert_eq!(Model::from_json(&known).unwrap().read_as, None);
        let half = asking_for_llama(r#"{"model_type": "brandnew", "hidden_size": 64}"#);
        assert_eq!(Model::from_json(&half).unwrap_err().key(), Some("intermediate_size"));
        assert_eq!(asking_for_llama("{}"), "{\n  \"roofline_read_as\": \"llama\"}");
    }

    #[test]
    fn edits_are_counted() {
        for (a, b, n) in [
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("llama", "llama", 0),
            ("lama", "llama", 1),
        ] {
            assert_eq!(edits(a, b), n);
        }
    }
}
