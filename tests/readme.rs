//! The README does not drift: its commands run, and it names what is there. (`xtask/tests/readme.rs` checks
//! the `cargo xtask` commands.)

use roofline::engine::{Accounting, families};
use std::collections::BTreeSet;
use std::process::Command;

const README: &str = include_str!("../README.md");

#[test]
fn the_commands_of_the_command_line_run() {
    let config = std::env::temp_dir().join(format!("roofline-readme-{}.json", std::process::id()));
    std::fs::write(&config, r#"{"model_type": "llama", "num_hidden_layers": 2}"#).unwrap();
    let commands: Vec<_> =
        README.lines().filter_map(|line| line.strip_prefix("cargo run --release -- ")).collect();
    assert!(commands.len() >= 4, "only {} commands found", commands.len());
    for command in commands {
        let args = command
            .split_whitespace()
            .map(|word| if word.ends_with("config.json") { config.to_str().unwrap() } else { word });
        let output =
            Command::new(env!("CARGO_BIN_EXE_transformer-roofline-analyzer")).args(args).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
    std::fs::remove_file(config).unwrap();
}

#[test]
fn every_accounting_is_named_and_the_families_are_as_many_as_it_says() {
    let (_, said) = README.split_once("Decoders of some ").unwrap();
    let said: usize = said.split(' ').next().unwrap().parse().unwrap();
    // A text model and what wraps it are one.
    let names: BTreeSet<_> = families::known().iter().map(|name| name.trim_end_matches("_text")).collect();
    assert_eq!(said, names.len() / 10 * 10, "{} families are known", names.len());
    for (name, _, _) in Accounting::NAMED {
        assert!(README.contains(&format!("| `{name}` |")), "{name} is not in the README");
    }
}
