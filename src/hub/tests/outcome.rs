use super::*;

const LIMIT_TEXT: &str =
    "huggingface.co limits how many files one address may ask for, and that limit is reached.";

/// Status, `X-Error-Code`, `X-Error-Message` (or, after `body:`, the body), with a token or not.
struct Said(u16, &'static str, &'static str, bool);

fn hear(said: &Said) -> HubError {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (message, body) = match said.2.strip_prefix("body:") {
        Some(body) => ("", body),
        None => (said.2, ""),
    };
    let answer = Answer {
        status: said.0,
        error_code: some(said.1),
        error_message: some(message),
        request_id: some("Root=1-2"),
        body: body.to_owned(),
        ..Answer::default()
    };
    let model = ModelRef::parse("meta/X@dev").expect("a model");
    interpret(&HubBase::default(), &model, said.3, answer).expect_err("a refusal")
}

#[test]
fn every_refusal_has_its_sentence() {
    let invalid = "Invalid credentials in Authorization header";
    let gated = "meta/X is gated: it opens only to accounts that accepted its terms.";
    let gated_token = "meta/X is gated: it opens only to accounts that accepted its terms, \
                       and this token does not open it.";
    let missing = "huggingface.co has no public model named meta/X.";
    let bad = "huggingface.co did not accept the token. It may be mistyped, revoked or expired.";
    let scope = "The token is valid, but its permissions do not include meta/X.";
    let disabled = "huggingface.co has disabled meta/X.";
    let disabled_words = "Access to this resource is disabled.";
    for (said, title) in [
        (Said(401, "GatedRepo", "Access is restricted.", false), gated),
        (Said(403, "GatedRepo", "", false), gated),
        (Said(401, "GatedRepo", "", true), gated_token),
        (Said(403, "GatedRepo", "", true), gated_token),
        (Said(401, "", "body:{\"error\":\"X is a gated repo\"}", false), gated),
        (Said(403, "", "Access to X is restricted", true), gated_token),
        (Said(401, "RepoNotFound", "Invalid username or password.", false), missing),
        (Said(401, "", "", false), missing),
        (Said(401, "RepoNotFound", invalid, false), missing),
        (Said(404, "RepoNotFound", "", false), missing),
        (Said(404, "", "", false), missing),
        (
            Said(404, "RepoNotFound", "Repository not found", true),
            "huggingface.co has no public model named meta/X, and this token does not open it.",
        ),
        (Said(401, "RepoNotFound", invalid, true), bad),
        (Said(401, "GatedRepo", invalid, true), bad),
        (Said(401, "", invalid, true), bad),
        (Said(401, "", "body:{\"error\":\"User Access Token \\\"x\\\" is expired\"}", true), bad),
        (Said(403, "", "Please allow it in your fine-grained token settings", true), scope),
        (Said(403, "GatedRepo", "your fine-grained token settings", true), scope),
        (Said(403, "", disabled_words, false), disabled),
        (Said(403, "", disabled_words, true), disabled),
        (Said(404, "EntryNotFound", "Entry not found", false), "meta/X has no config.json."),
        (Said(404, "", "body:Entry not found", false), "meta/X has no config.json."),
        (Said(404, "RevisionNotFound", "", false), "meta/X has no revision dev."),
        (Said(404, "", "Invalid rev id: revision", false), "meta/X has no revision dev."),
        (Said(429, "", "", false), LIMIT_TEXT),
        (Said(0, "", "", false), "The browser could not reach huggingface.co."),
        (Said(403, "", "", false), "huggingface.co answered with an error (403)."),
        (Said(500, "", "body:<html>", false), "huggingface.co answered with an error (500)."),
        (Said(503, "Whatever", "", true), "huggingface.co answered with an error (503)."),
        (Said(302, "", "", false), "huggingface.co answered with an error (302)."),
    ] {
        let error = hear(&said);
        assert_eq!(error.to_string(), title, "{} {} {}", said.0, said.1, said.2);
        assert_eq!(error.drops_token(), title == bad, "{title}");
    }
}

#[test]
fn advice_leads_somewhere() {
    let page = "https://huggingface.co/meta/X";
    let tokens = "https://huggingface.co/settings/tokens";
    let search = "https://huggingface.co/models?search=X";
    let file = "https://huggingface.co/meta/X/blob/dev/config.json";
    let revision = "https://huggingface.co/meta/X/tree/dev";
    for (said, links) in [
        (Said(401, "GatedRepo", "", false), vec![revision, file, tokens, search]),
        (Said(401, "GatedRepo", "", true), vec![revision, tokens, file, search]),
        (Said(401, "RepoNotFound", "", false), vec![search]),
        (Said(401, "", "Invalid credentials", true), vec![tokens, file]),
        (Said(403, "", "fine-grained", true), vec![tokens, file]),
        (Said(403, "", "access to this resource is disabled", true), vec![page, search]),
        (Said(404, "EntryNotFound", "", false), vec![page]),
        (Said(404, "RevisionNotFound", "", false), vec![page]),
        (Said(429, "", "", false), vec![file]),
        (Said(0, "", "", false), vec![file]),
        (Said(500, "", "", false), vec![file]),
    ] {
        let advice = hear(&said).advice();
        let urls = advice.iter().filter_map(|step| Some(&step.link.as_ref()?.1));
        assert_eq!(urls.collect::<Vec<_>>(), links, "{} {}", said.0, said.1);
    }
}

#[test]
fn sentences_are_calm_and_whole() {
    let model = ModelRef::parse("a/b").expect("a model");
    let own = HubBase::parse("https://hub.example.org").expect("a base");
    let case = |token| Box::new(Case::new(&own, &model, token));
    let not_config = |what| HubError::NotConfig { what, case: case(false) };
    let errors = [
        HubError::Gated(case(false)),
        HubError::Gated(case(true)),
        HubError::NotFound(case(false)),
        HubError::NotFound(case(true)),
        HubError::BadToken(case(true)),
        HubError::TokenLacksScope(case(true)),
        HubError::TokenElsewhere(case(true)),
        HubError::Disabled(case(false)),
        HubError::NoConfig(case(false)),
        HubError::NoRevision(case(false)),
        HubError::RateLimited(case(false)),
        HubError::Unreachable(case(false)),
        not_config(NotConfig::Empty),
        not_config(NotConfig::Html),
        not_config(NotConfig::LfsPointer),
        not_config(NotConfig::TooLarge),
        not_config(NotConfig::Truncated),
        not_config(NotConfig::NotJson),
        HubError::Cancelled,
        HubError::Timeout(case(false)),
        HubError::Server { status: 500, case: case(false) },
    ];
    for error in errors {
        let advice = error.advice();
        assert_eq!(advice.is_empty(), error == HubError::Cancelled, "{error}");
        for text in [error.to_string()].iter().chain(advice.iter().map(|step| &step.text)) {
            assert!(text.ends_with('.') && !text.contains('!'), "{text}");
            assert!(text.len() < 130, "{text}");
            assert!(!text.contains("huggingface.co"), "{text}");
        }
        for (_, url) in advice.into_iter().filter_map(|step| step.link) {
            assert!(url.starts_with("https://hub.example.org/"), "{url}");
        }
    }
}

#[test]
fn details_are_what_the_server_said_made_safe() {
    let error = hear(&Said(404, "EntryNotFound", "no\u{202e} such\u{1b}[31m file\n", false));
    assert_eq!(
        error.details(),
        [
            ("Status", "404".to_owned()),
            ("Code", "EntryNotFound".to_owned()),
            ("Message", "no such[31m file".to_owned()),
            ("Request", "Root=1-2".to_owned()),
        ]
    );
    let message = |body: &str| {
        let answer = Answer { status: 500, body: body.to_owned(), ..Answer::default() };
        let model = ModelRef::parse("a/b").expect("a model");
        let error = interpret(&HubBase::default(), &model, false, answer).expect_err("a refusal");
        let found = error.details().into_iter().find(|(label, _)| *label == "Message");
        found.map(|(_, text)| text)
    };
    for (body, expected) in [
        ("", None),
        ("{\"error\": \"broken\"}", Some("broken".to_owned())),
        ("{\"other\": 1}", None),
        ("{\"error\": [1]}", None),
        ("plain words", Some("plain words".to_owned())),
        ("<!doctype html><h1>500</h1>", None),
        (&"ü".repeat(1000), Some("ü".repeat(300))),
        (&"x".repeat(10_000_000), None),
    ] {
        assert_eq!(message(body), expected);
    }
    assert_eq!(HubError::Cancelled.details(), []);
}

#[test]
fn bodies() {
    let model = ModelRef::parse("a/b").expect("a model");
    let read = |body: &str, content_type: Option<&str>| {
        let answer = Answer {
            status: 200,
            body: body.to_owned(),
            content_type: content_type.map(str::to_owned),
            ..Answer::default()
        };
        match interpret(&HubBase::default(), &model, false, answer) {
            Ok(fetched) => {
                assert_eq!(fetched.text, body);
                None
            }
            Err(HubError::NotConfig { what, .. }) => Some(what),
            Err(error) => panic!("{error}"),
        }
    };
    let filled = |size: usize| format!("{{\"a\": \"{}\"}}", "x".repeat(size - 9));
    let lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
    for (body, kind, expected) in [
        ("{}", None, None),
        ("{\"a\": 1}\n", Some("text/plain; charset=utf-8"), None),
        ("\u{feff}{\"a\": 1}", None, None),
        // The parser's business: it may forgive these, or name the line.
        ("{\"a\": Infinity}", None, None),
        ("{\"a\": 1,}", None, None),
        ("{\"a\": 1} {", None, None),
        ("{}", Some("text/html"), None),
        ("", None, Some(NotConfig::Empty)),
        (" \n", None, Some(NotConfig::Empty)),
        ("<!DOCTYPE html>", Some("text/html"), Some(NotConfig::Html)),
        ("\n <html>", None, Some(NotConfig::Html)),
        ("Please sign in", Some("Text/HTML"), Some(NotConfig::Html)),
        ("Please sign in", None, Some(NotConfig::NotJson)),
        (lfs, None, Some(NotConfig::LfsPointer)),
        ("[1]", None, Some(NotConfig::NotJson)),
        ("\"text\"", None, Some(NotConfig::NotJson)),
        ("PK\u{3}\u{4}", None, Some(NotConfig::NotJson)),
        ("{", None, Some(NotConfig::Truncated)),
        ("{\"a\": {\"b\": 1}", None, Some(NotConfig::Truncated)),
        ("{\"a\": \"}", None, Some(NotConfig::Truncated)),
        ("{\"a\": 1, \"b", None, Some(NotConfig::Truncated)),
        (&filled(BODY_LIMIT), None, None),
        (&filled(BODY_LIMIT + 1), None, Some(NotConfig::TooLarge)),
        (&"{\"a\":".repeat(100_000), None, Some(NotConfig::Truncated)),
    ] {
        let start: String = body.chars().take(40).collect();
        assert_eq!(read(body, kind), expected, "{start:?}");
    }
}

#[test]
fn a_commit_is_forty_hexadecimal_digits() {
    let model = ModelRef::parse("a/b").expect("a model");
    let good = "0123456789abcdef0123456789abcdef01234567";
    for (commit, expected) in [
        (Some(good), Some(good)),
        (Some("main"), None),
        (Some("0123456789abcdef0123456789abcdef0123456/"), None),
        (None, None),
    ] {
        let answer = Answer {
            status: 200,
            commit: commit.map(str::to_owned),
            body: "{}".to_owned(),
            ..Answer::default()
        };
        let fetched = interpret(&HubBase::default(), &model, false, answer).expect("a config");
        assert_eq!(fetched.commit.as_deref(), expected);
    }
}
