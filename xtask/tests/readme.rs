//! What the project tells people to run can be run.

use clap::Parser;
use xtask::cli::Cli;
use xtask::process::root;

/// The words after `cargo xtask` on every line of a shell block or of inline code.
fn invocations(markdown: &str) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        let pieces: Vec<&str> = if in_block {
            vec![line.split(" #").next().unwrap_or(line)]
        } else {
            line.split('`').skip(1).step_by(2).collect()
        };
        for piece in pieces {
            if let Some((_, words)) = piece.split_once("cargo xtask ") {
                // Optional parts and quotes are for the reader.
                found
                    .push(words.split_whitespace().map(|word| word.trim_matches(['[', ']', '\''])).collect());
            }
        }
    }
    found
}

#[track_caller]
fn assert_runs(file: &str, words: &[&str]) {
    let line = ["xtask"].iter().chain(words);
    if let Err(error) = Cli::try_parse_from(line)
        && error.use_stderr()
    {
        panic!("{file} says `cargo xtask {}`, but {error}", words.join(" "));
    }
}

#[test]
fn every_command_in_the_readme_exists() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let commands = invocations(&readme);
    for needed in ["serve", "test"] {
        assert!(
            commands.iter().any(|words| words.first() == Some(&needed)),
            "README.md does not say `cargo xtask {needed}`"
        );
    }
    for words in commands {
        assert_runs("README.md", &words);
    }
}

#[test]
fn continuous_integration_runs_every_check() {
    let script = std::fs::read_to_string(root().join(".ci/run")).unwrap();
    let commands: Vec<&str> = script.lines().filter(|line| line.starts_with("cargo ")).collect();
    assert_eq!(commands, ["cargo xtask test"]);
}

#[test]
fn commands_are_found_in_blocks_and_in_running_text() {
    let markdown = "Run `cargo xtask test --only fmt`, not `cargo test`.\n\n```sh\ncargo xtask serve --port 1  # a page\n```\n";
    assert_eq!(invocations(markdown), [vec!["test", "--only", "fmt"], vec!["serve", "--port", "1"]]);
}

#[test]
#[should_panic(expected = "`cargo xtask fly`")]
fn a_command_that_does_not_exist_is_noticed() {
    assert_runs("README.md", &["fly"]);
}
