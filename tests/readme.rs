//! The README does not drift: its commands run, and it names what is there. (`xtask/tests/readme.rs` checks
//! the `cargo xtask` commands.)

use roofline::engine::{Accounting, families};
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
fn every_family_and_accounting_is_named() {
    let list = README.split("Decoders of these families").nth(1).unwrap().split("; and").next().unwrap();
    let listed: Vec<_> = list.split([':', ',']).skip(2).map(str::trim).collect();
    for family in families::known() {
        let name = family.trim_end_matches("_text");
        assert!(listed.contains(&name) || name == "llava", "{family} is not in the README");
    }
    for (name, _, _) in Accounting::NAMED {
        assert!(README.contains(&format!("| `{name}` |")), "{name} is not in the README");
    }
}
