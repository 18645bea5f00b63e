//! Names, addresses and tokens that people paste, and what a Hub answers.

use crate::damage::damaged;
use crate::runner::run;
use proptest::prelude::*;
use proptest::sample::select;
use roofline::hub::{
    Answer, HubBase, ModelRef, Pasted, Token, classify, config_page_url, config_url, interpret,
    model_page_url, search_url, sidecar_url,
};

const NAMES: &[&str] = &[
    "meta-llama/Llama-2-7b-hf",
    "gpt2",
    "org/name@v1.0",
    "org/name@refs/pr/1",
    "hf.co/org/name",
    "hf://org/name",
    "https://huggingface.co/org/name/blob/main/config.json?download=true#top",
    "https://huggingface.co/org/name/resolve/refs%2Fpr%2F1/config.json",
    "  huggingface.co/org/name/tree/dev/  ",
    "http://127.0.0.1:8080/org/name",
];

const BASES: &[&str] = &[
    "https://huggingface.co",
    "huggingface.co",
    "https://hub.example.org/models/",
    "http://localhost:8080",
    "http://127.0.0.1",
];

const WORDS: &[&str] = &[
    "/",
    "//",
    "@",
    ":",
    "?",
    "#",
    "%",
    "%2F",
    "%00",
    "%zz",
    "..",
    ".",
    "-",
    "--",
    "_",
    " ",
    "\n",
    "\r\n",
    "\t",
    "\u{202e}",
    "\u{200b}",
    "\u{0}",
    "é",
    "\\",
    "{",
    "\":",
    "http://",
    "https://",
    "hf://",
    "user:pass@",
    "evil.org",
    "[::1]",
    ":65536",
    "main",
    "refs/pr/1",
    "resolve",
    "blob",
    "tree",
    "config.json",
    "datasets/",
    "spaces/",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
];

const SAID: &[&str] = &[
    "GatedRepo",
    "RepoNotFound",
    "RevisionNotFound",
    "EntryNotFound",
    "DisabledRepo",
    "Access to X is restricted",
    "Invalid credentials in Authorization header",
    "Access to this resource is disabled.",
    "Please allow it in your fine-grained token settings",
    "User Access Token \"x\" is expired",
    "",
];

const BODIES: &[&str] = &[
    r#"{"model_type": "llama", "num_hidden_layers": 2}"#,
    r#"{"error": "Repository not found"}"#,
    "<!doctype html><title>Sign in</title>",
    "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    "[1, 2]",
    "",
];

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn names() -> impl Strategy<Value = String> {
    damaged(owned(NAMES), WORDS, 4)
}

/// Text that a page may put into one of its lines.
fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

#[test]
fn names_and_addresses() {
    let inputs = (names(), damaged(owned(BASES), WORDS, 3));
    run("names and addresses", 6_000, &inputs, |(name, base)| {
        let base = match HubBase::parse(&base) {
            Ok(base) => base,
            Err(refusal) => {
                prop_assert!(!refusal.to_string().is_empty());
                HubBase::default()
            }
        };
        let again = HubBase::parse(base.as_str());
        prop_assert_eq!(again.as_ref(), Ok(&base), "an address that was taken is taken again");
        prop_assert!(base.as_str().starts_with(base.origin()) && !base.origin().contains('@'));
        match classify(&name) {
            Pasted::Reference(model) => {
                let again = ModelRef::parse(name.trim());
                prop_assert_eq!(again.as_ref(), Ok(&model));
                prop_assert!(is_plain(&model.repo), "{:?}", model.repo);
                for url in [
                    config_url(&base, &model),
                    sidecar_url(&base, &model),
                    config_page_url(&base, &model),
                    model_page_url(&base, &model),
                    search_url(&base, &model.repo),
                ] {
                    // Nothing in a name leads out of the folder that it names.
                    let below = url.strip_prefix(base.origin());
                    prop_assert!(below.is_some_and(|path| path.starts_with('/')), "{url}");
                    prop_assert!(url.is_ascii() && is_plain(&url) && !url.contains(' '), "{url}");
                    prop_assert!(!url.split(['/', '?']).any(|part| part == ".." || part == "."), "{url}");
                }
            }
            Pasted::Unclear(why) => {
                prop_assert!(
                    !why.to_string().is_empty() && is_plain(&why.to_string()),
                    "{:?}",
                    why.to_string()
                );
            }
            Pasted::Empty => prop_assert!(!name.contains(|c: char| c.is_ascii_graphic())),
            Pasted::Json => {}
        }
        Ok(())
    });
}

#[test]
fn tokens_never_show() {
    run("tokens", 2_000, &damaged(vec!["hf_AbCdEfGhIjKlMnOpQrStUv".to_owned()], WORDS, 3), |text| {
        match Token::parse(&text, &HubBase::default()) {
            Ok(token) => prop_assert_eq!(format!("{token:?}"), "Token(…)"),
            Err(refusal) => {
                let said = refusal.to_string();
                prop_assert!(text.trim().len() < 8 || !said.contains(text.trim()), "{said}");
            }
        }
        Ok(())
    });
}

#[test]
fn answers() {
    let said = || prop::option::of(damaged(owned(SAID), WORDS, 2));
    let status = prop_oneof![
        3 => Just(200u16), 1 => any::<u16>(), 4 => select(vec![0u16, 204, 302, 401, 403, 404, 429, 500, 503])
    ];
    let answers = (status, said(), said(), said(), said(), damaged(owned(BODIES), WORDS, 4)).prop_map(
        |(status, error_code, error_message, commit, content_type, body)| Answer {
            status,
            error_code,
            error_message,
            request_id: commit.clone(),
            commit,
            content_type,
            body,
        },
    );
    let inputs = (answers, any::<bool>());
    run("answers", 6_000, &inputs, |(answer, token_given)| {
        let (base, model) = (HubBase::default(), ModelRef::parse("org/name").unwrap());
        match interpret(&base, &model, token_given, answer) {
            Ok(fetched) => {
                let begins = fetched.text.contains('{');
                prop_assert!(begins);
                let commit = fetched.commit.unwrap_or_default();
                prop_assert!(commit.is_empty() || commit.len() == 40);
            }
            Err(error) => {
                prop_assert!(is_plain(&error.to_string()));
                prop_assert!(!error.advice().is_empty(), "{error} says nothing to do");
                for advice in error.advice() {
                    prop_assert!(is_plain(&advice.text));
                    let url = advice.link.map(|link| link.1).unwrap_or_default();
                    prop_assert!(url.is_empty() || url.starts_with("https://huggingface.co/"), "{url}");
                }
                for (label, text) in error.details() {
                    prop_assert!(is_plain(&text) && text.chars().count() <= 300, "{label}: {text:?}");
                }
            }
        }
        Ok(())
    });
}
