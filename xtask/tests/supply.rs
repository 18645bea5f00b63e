//! The rules for other people's crates are as strict as they claim.

use xtask::process::root;

#[test]
fn every_exception_says_why() {
    let rules = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    let exceptions: Vec<&str> = rules
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter(|line| line.contains("crate = ") || line.contains("id = "))
        .collect();
    assert!(!exceptions.is_empty(), "nothing was found, so nothing was looked at");
    for exception in exceptions {
        let reason = exception.split_once("reason = \"").map(|(_, reason)| reason.trim_end_matches("\" },"));
        assert!(reason.is_some_and(|reason| reason.len() > 20), "no reason is given: {exception}");
    }
    assert!(!rules.contains("ignore = ["), "an advisory is ignored: say so here, with its reason");
}

#[test]
fn nothing_is_allowed_by_a_warning() {
    let rules = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    for rule in ["yanked", "multiple-versions", "wildcards", "unknown-registry", "unknown-git"] {
        let strict = format!("{rule} = \"deny\"");
        assert!(rules.lines().any(|line| line == strict), "deny.toml does not say {strict}");
    }
}
