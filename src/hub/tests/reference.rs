use super::*;

fn model(repo: &str, revision: &str, base: &str) -> ModelRef {
    ModelRef {
        repo: repo.to_owned(),
        revision: (!revision.is_empty()).then(|| revision.to_owned()),
        base: (!base.is_empty()).then(|| HubBase::parse(base).expect(base)),
    }
}

#[test]
fn every_form_a_person_pastes() {
    for (text, repo, revision) in [
        ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B", ""),
        ("gpt2", "gpt2", ""),
        ("a_b/c.d-e_1", "a_b/c.d-e_1", ""),
        ("_x/_y_", "_x/_y_", ""),
        // surroundings
        ("  Qwen/Qwen3-8B \n", "Qwen/Qwen3-8B", ""),
        ("\u{feff}Qwen/Qwen3-8B\u{200b}", "Qwen/Qwen3-8B", ""),
        ("\"Qwen/Qwen3-8B\",", "Qwen/Qwen3-8B", ""),
        ("'Qwen/Qwen3-8B'", "Qwen/Qwen3-8B", ""),
        ("`Qwen/Qwen3-8B`", "Qwen/Qwen3-8B", ""),
        ("<https://hf.co/Qwen/Qwen3-8B>", "Qwen/Qwen3-8B", ""),
        ("Qwen/Qwen3-8B/", "Qwen/Qwen3-8B", ""),
        ("/Qwen/Qwen3-8B", "Qwen/Qwen3-8B", ""),
        ("Qwen//Qwen3-8B", "Qwen/Qwen3-8B", ""),
        ("Qwen/Qwen3-8B.git", "Qwen/Qwen3-8B", ""),
        ("Qwen/Qwen3-8B?x=1#top", "Qwen/Qwen3-8B", ""),
        // a revision behind the name
        ("Qwen/Qwen3-8B@main", "Qwen/Qwen3-8B", "main"),
        ("Qwen/Qwen3-8B:v1.0", "Qwen/Qwen3-8B", "v1.0"),
        ("gpt2@refs/pr/1", "gpt2", "refs/pr/1"),
        ("gpt2@refs%2Fpr%2F1", "gpt2", "refs/pr/1"),
        ("gpt2@feature/x/", "gpt2", "feature/x"),
        ("gpt2@b@c", "gpt2", "b@c"),
        // addresses
        ("https://huggingface.co/Qwen/Qwen3-8B", "Qwen/Qwen3-8B", ""),
        ("HTTPS://HuggingFace.co/Qwen/Qwen3-8B", "Qwen/Qwen3-8B", ""),
        ("http://huggingface.co/Qwen/Qwen3-8B/", "Qwen/Qwen3-8B", ""),
        ("https://www.huggingface.co/Qwen/Qwen3-8B", "Qwen/Qwen3-8B", ""),
        ("huggingface.co/Qwen/Qwen3-8B", "Qwen/Qwen3-8B", ""),
        ("//huggingface.co/Qwen/Qwen3-8B", "Qwen/Qwen3-8B", ""),
        ("hf.co/Qwen/Qwen3-8B", "Qwen/Qwen3-8B", ""),
        ("https://hf.co/gpt2", "gpt2", ""),
        ("https://huggingface.co/gpt2/", "gpt2", ""),
        ("git@hf.co:Qwen/Qwen3-8B.git", "Qwen/Qwen3-8B", ""),
        ("https://huggingface.co/a/b/tree/main", "a/b", "main"),
        ("https://huggingface.co/a/b/blob/v1/config.json", "a/b", "v1"),
        ("https://huggingface.co/a/b/resolve/v1/config.json?download=true", "a/b", "v1"),
        ("https://huggingface.co/a/b/raw/v1/config.json#L3", "a/b", "v1"),
        ("https://huggingface.co/a/b/tree/refs%2Fpr%2F1", "a/b", "refs/pr/1"),
        ("https://huggingface.co/a/b/blob/refs/pr/1/config.json", "a/b", "refs/pr/1"),
        ("https://huggingface.co/a/b/tree/refs/convert/x", "a/b", "refs/convert/x"),
        ("https://huggingface.co/a/b/tree/", "a/b", ""),
        ("https://huggingface.co/a/b/commit/0123abcd", "a/b", "0123abcd"),
        ("https://huggingface.co/a/b/commits/main", "a/b", "main"),
        ("https://huggingface.co/a/b/discussions/12", "a/b", ""),
        ("https://huggingface.co/a/b/anything/else", "a/b", ""),
        ("https://huggingface.co/a/b/blob/main/c@d/e:f.json", "a/b", "main"),
        ("https://huggingface.co/a/b@v1", "a/b", "v1"),
        ("https://huggingface.co/gpt2/blob/main/config.json", "gpt2", "main"),
        ("https://huggingface.co/api/models/a/b", "a/b", ""),
        ("https://huggingface.co/api/models/a/b/revision/v1", "a/b", "v1"),
        ("a/b/tree/v1", "a/b", "v1"),
        ("gpt2/resolve/v1/config.json", "gpt2", "v1"),
        // file-system style
        ("hf://a/b", "a/b", ""),
        ("hf://a/b/config.json", "a/b", ""),
        ("hf://a/b@v1/config.json", "a/b", "v1"),
        ("hf://a/b@refs/pr/1/config.json", "a/b", "refs/pr/1"),
        ("HF://models/a/b", "a/b", ""),
    ] {
        assert_eq!(ModelRef::parse(text), Ok(model(repo, revision, "")), "{text}");
    }
}

#[test]
fn another_hub_is_named_and_not_silently_used() {
    for (text, repo, revision, base) in [
        ("https://hub.example.org/a/b", "a/b", "", "https://hub.example.org"),
        ("https://hub.example.org:8443/a/b/tree/v1", "a/b", "v1", "https://hub.example.org:8443"),
        ("http://localhost:8080/a/b", "a/b", "", "http://localhost:8080"),
        ("http://[::1]:8080/gpt2", "gpt2", "", "http://[::1]:8080"),
        ("https://huggingface.co.evil.org/a/b", "a/b", "", "https://huggingface.co.evil.org"),
    ] {
        assert_eq!(ModelRef::parse(text), Ok(model(repo, revision, base)), "{text}");
    }
}

#[test]
fn refusals() {
    let character = |found| RefError::Character { found };
    let shape = |part: &str| RefError::Shape { part: part.to_owned() };
    let revision = |revision: &str| RefError::Revision { revision: revision.to_owned() };
    let name_missing = RefError::NameMissing { org: "Qwen".to_owned() };
    for (text, expected) in [
        ("", RefError::Empty),
        (" \"\" ", RefError::Empty),
        ("#", RefError::Empty),
        ("/", RefError::Empty),
        ("Qwen/", name_missing.clone()),
        ("hf://Qwen/", name_missing),
        ("a/b@", RefError::RevisionMissing),
        ("a/b:", RefError::RevisionMissing),
        ("a/b@/", RefError::RevisionMissing),
        ("https:", RefError::AddressUnfinished),
        ("https:/", RefError::AddressUnfinished),
        ("https://", RefError::AddressUnfinished),
        ("https://hugg", RefError::AddressUnfinished),
        ("https://huggingface.co/", RefError::AddressUnfinished),
        ("hf.co", RefError::AddressUnfinished),
        ("hf://", RefError::AddressUnfinished),
        // parts
        ("a b/c", character(' ')),
        ("a/b\u{0}", character('\u{0}')),
        ("a/b\u{7}c", character('\u{7}')),
        ("a/b\nc", character('\n')),
        ("a/ü", character('ü')),
        ("a/\u{202e}b", character('\u{202e}')),
        ("a/b\u{200b}c", character('\u{200b}')),
        ("a/文", character('文')),
        ("a\\b", character('\\')),
        ("a/b$c", character('$')),
        ("a/b%00c", character('\u{0}')),
        ("a%2Fb/c", character('/')),
        ("..", shape("..")),
        ("../", shape("..")),
        ("../a", shape("..")),
        ("a/..", shape("..")),
        ("%2e%2e/a", shape("..")),
        ("./a", shape(".")),
        ("-a/b", shape("-a")),
        ("a/b-", shape("b-")),
        ("a/b.", shape("b.")),
        ("a--b/c", shape("a--b")),
        ("a/b..c", shape("b..c")),
        ("a/.git", shape("")),
        ("a.git/b", shape("a.git")),
        ("https://huggingface.co/../../b", shape("..")),
        ("https://huggingface.co/a/../b", shape("..")),
        ("a/b/c", RefError::TooManyParts),
        ("hub.example.org/a/b", RefError::TooManyParts),
        ("//evil.org/a/b", RefError::TooManyParts),
        // revisions
        ("a/b@../../x", revision("../../x")),
        ("a/b@..", revision("..")),
        ("a/b@.", revision(".")),
        ("a/b@%2e%2e%2fx", revision("../x")),
        ("a/b@x//y", revision("x//y")),
        ("a/b@/x", revision("/x")),
        ("a/b@-x", revision("-x")),
        ("a/b@x.lock", revision("x.lock")),
        ("a/b@x~1", revision("x~1")),
        ("gpt2@a:b@c", revision("a:b@c")),
        ("a/b@x%5cy", revision("x\\\\y")),
        ("a/b@x%0d%0ay", revision("x\\r\\ny")),
        ("a/b@ü", revision("ü")),
        ("https://huggingface.co/a/b/tree/..%2f..%2fx", revision("../../x")),
        ("a/b@100%", RefError::Escape),
        ("a/b@%zz", RefError::Escape),
        ("a/b@%+1", RefError::Escape),
        ("a/b@%ff", RefError::Escape),
        // things that are no model
        ("datasets/a/b", RefError::Dataset),
        ("https://huggingface.co/datasets/a/b", RefError::Dataset),
        ("hf://datasets/a/b", RefError::Dataset),
        ("https://huggingface.co/spaces/a/b", RefError::Space),
        ("https://huggingface.co/api/spaces/a/b", RefError::Space),
        ("https://huggingface.co/docs/transformers", RefError::OtherPage),
        ("https://huggingface.co/models?search=x", RefError::OtherPage),
        ("https://huggingface.co/api/models/", RefError::OtherPage),
        ("https://huggingface.co/hf.co/x", RefError::OtherPage),
        // servers
        ("ftp://huggingface.co/a/b", RefError::Scheme),
        ("file:///etc/passwd", RefError::Scheme),
        ("data://a/b", RefError::Scheme),
        (
            "http://hub.example.org/a/b",
            RefError::Base(BaseError::NotSecure { host: "hub.example.org".to_owned() }),
        ),
        ("https://user:secret@huggingface.co/a/b", RefError::Base(BaseError::Credentials)),
        ("https://huggingface.co@evil.org/a/b", RefError::Base(BaseError::Credentials)),
        ("https://hub..org/a/b", RefError::Base(BaseError::Host)),
        ("https://hub.org:x/a/b", RefError::Base(BaseError::Port)),
    ] {
        assert_eq!(ModelRef::parse(text), Err(expected), "{text:?}");
    }
}

#[test]
fn lengths() {
    let part = |n: usize| "a".repeat(n);
    assert!(ModelRef::parse(&part(96)).is_ok());
    assert!(ModelRef::parse(&format!("{}/{}", part(40), part(55))).is_ok());
    for text in [part(97), format!("{}/{}", part(41), part(55))] {
        assert_eq!(ModelRef::parse(&text), Err(RefError::NameTooLong));
    }
    for text in [part(10_000_000), "ü/".repeat(5_000_000), "@".repeat(2049)] {
        assert_eq!(ModelRef::parse(&text), Err(RefError::TooLong));
    }
    assert!(ModelRef::parse(&format!("a/b@{}", part(255))).is_ok());
    let refused = ModelRef::parse(&format!("a/b@{}", part(256)));
    assert_eq!(refused, Err(RefError::Revision { revision: part(64) }));
}

#[test]
fn unfinished_is_not_wrong() {
    for (text, unfinished) in [
        ("", true),
        ("Qwen/", true),
        ("Qwen/Qwen3-", true),
        ("Qwen/Qwen2.", true),
        ("a/b@", true),
        ("a/b@v1.", true),
        ("https://hugg", true),
        ("a/b--", false),
        ("a/..", false),
        ("a/b c", false),
        ("a/b/c", false),
        ("datasets/a/b", false),
    ] {
        let error = ModelRef::parse(text).expect_err(text);
        assert_eq!(error.is_unfinished(), unfinished, "{text}");
    }
}

#[test]
fn classes() {
    let unclear = |error| Pasted::Unclear(error);
    for (text, expected) in [
        ("", Pasted::Empty),
        (" \n\t\u{feff}", Pasted::Empty),
        ("{}", Pasted::Json),
        ("\u{feff} {\"model_type\": \"llama\"}", Pasted::Json),
        ("{", Pasted::Json),
        ("[1]", Pasted::Json),
        ("```json\n{\"a\": 1}\n```", Pasted::Json),
        ("// a comment\n{}", Pasted::Json),
        ("config.json:\n{\"a\":1", Pasted::Json),
        ("\"hidden_size\": 4096,", Pasted::Json),
        ("\"hidden_size\" : 4096", Pasted::Json),
        ("a/b", Pasted::Reference(model("a/b", "", ""))),
        ("\"a/b\"", Pasted::Reference(model("a/b", "", ""))),
        ("Qwen/", unclear(RefError::NameMissing { org: "Qwen".to_owned() })),
        ("hello there", unclear(RefError::Character { found: ' ' })),
    ] {
        assert_eq!(classify(text), expected, "{text:?}");
    }
    let long = format!("{{{}", " ".repeat(10_000_000));
    assert_eq!(classify(&long), Pasted::Json);
    assert_eq!(classify(&"x".repeat(10_000_000)), unclear(RefError::TooLong));
}

/// Any pile of the pieces that references and attacks are made of either is refused or gives an
/// address below the base, and a reference that reads back as itself.
#[test]
fn whatever_comes_the_address_stays_below_the_base() {
    const PIECES: [&str; 44] = [
        "a",
        "Qwen",
        "b.c",
        "-",
        ".",
        "..",
        "/",
        "//",
        "\\",
        "@",
        ":",
        "%",
        "%2F",
        "%2e%2e",
        "%00",
        "%25",
        "%23",
        "?",
        "#",
        "&",
        "=",
        "+",
        "~",
        "https://",
        "http://",
        "hf://",
        "HF.co",
        "huggingface.co",
        "localhost:80",
        "evil.org",
        "[::1]",
        "tree",
        "resolve",
        "refs/pr/1",
        "datasets",
        "api/models",
        "git@hf.co:",
        ".git",
        " ",
        "\n",
        "\u{0}",
        "\u{202e}",
        "ü",
        "\"",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % below
    };
    let base = HubBase::default();
    let mut accepted = 0;
    for _ in 0..200_000 {
        let text: String = (0..1 + random(9)).map(|_| PIECES[random(44)]).collect();
        let _ = classify(&text);
        let _ = HubBase::parse(&text);
        let Ok(model) = ModelRef::parse(&text) else {
            continue;
        };
        accepted += 1;
        let url = config_url(&base, &model);
        let rest = url
            .strip_prefix(&format!("https://huggingface.co/{}/resolve/", model.repo))
            .unwrap_or_else(|| panic!("{text:?} gives {url}"));
        let revision = rest.strip_suffix("/config.json").unwrap_or_else(|| panic!("{url}"));
        let harmless = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c);
        assert!(revision.chars().all(harmless), "{url}");
        assert!(!url.contains("/../") && !url.contains("/./"), "{url}");
        if model.base.is_none() {
            assert_eq!(ModelRef::parse(&model.to_string()), Ok(model), "{text:?}");
        }
    }
    assert!(accepted > 5_000, "only {accepted} were read");
}
