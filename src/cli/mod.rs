//! The command line: the same engine and the same report as the page.

mod explanation;
mod input;
mod many;
mod serving;

use crate::engine::accounting::Choice;
use crate::engine::compare::compare;
use crate::engine::hardware::{DEFAULT_ID, PRESETS};
use crate::engine::precision::Overrides;
use crate::engine::serving::sweep::{self, Case, Curve};
use crate::engine::{Accounting, Error, Hardware, Model, Workload, analyze, catalog};
use crate::{export, plot};
use clap::{Parser, ValueEnum};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The input made no sense.
const INPUT: u8 = 1;
/// The command made no sense.
const USAGE: u8 = 2;

/// What every layer of a transformer costs, from its config.json: FLOPs, bytes, operational intensity, KV
/// cache and storage.
#[derive(Debug, Parser)]
#[command(version, after_long_help = lists())]
struct Args {
    /// Tokens already in the KV cache, one number per query of the batch.
    ///
    /// Without this, 0 for each input; without --input-tokens too, 1024.
    #[arg(long, value_name = "N", num_args = 1.., value_parser = tokens)]
    cached_tokens: Vec<u64>,

    /// New tokens to process, one number per query of the batch. Without this, 1 for each query.
    #[arg(long, value_name = "N", num_args = 1.., value_parser = tokens)]
    input_tokens: Vec<u64>,

    /// Queries in the batch: the list of queries, repeated. A multiple of its length.
    #[arg(long, value_name = "N")]
    batch_size: Option<u64>,

    /// What is counted: a name from the list below, and single choices behind it (`exact,pairs=all`).
    #[arg(long, value_name = "NAME", default_value = "document", value_parser = accounting)]
    accounting: Accounting,

    /// Compares with another accounting, layer by layer, with the cause of every difference.
    #[arg(long, value_name = "NAME", value_parser = accounting, conflicts_with = "explain")]
    compare: Option<Accounting>,

    /// Shows the formula behind every figure, of the layers whose name contains LAYER or of all.
    #[arg(long, value_name = "LAYER", num_args = 0..=1, default_missing_value = "")]
    explain: Option<String>,

    /// The device whose roofline bounds the layers, by its id; see the list below. Or one in your own figures,
    /// custom:FLOP/s,B/s,bytes,name: bf16 products, bandwidth, memory, and before the name what else is known,
    /// as in fp8:1979e12 and link:450e9x8 (bytes per second of one direction, among 8 devices).
    #[arg(long, value_name = "ID", value_parser = hardware)]
    hardware: Option<Hardware>,

    /// How the report is printed: as a table, a sweep as CSV, the reports of several models as JSON lines,
    /// unless this says otherwise. JSON and CSV carry exact integers.
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Keeps the weights in another format than the config says; see the list below.
    #[arg(long, value_name = "FORMAT")]
    weights: Option<String>,

    /// Computes in another type than the config says.
    #[arg(long, value_name = "TYPE")]
    activations: Option<String>,

    /// Keeps the KV cache in another format than the config says.
    #[arg(long, value_name = "FORMAT")]
    kv_cache: Option<String>,

    #[command(flatten)]
    serving: serving::Flags,

    /// Reads a config of a family that is not known as a plain llama-like decoder. The report says so.
    #[arg(long)]
    as_llama: bool,

    /// Draws the roofline into a file as well; on the H100 unless --hardware says otherwise.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Reads models from standard input, one a line: a config, or `{"model": …}` with a MODEL, or
    /// `{"model": …, "config": {…}}` with a name and a config. Answers with a line for each, in order.
    #[arg(long, conflicts_with = "models")]
    json_lines: bool,

    /// Paths to a config.json, `-` for one on standard input, or built-in models' names.
    #[arg(value_name = "MODEL", required_unless_present = "json_lines")]
    models: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Markdown,
    Csv,
    Tsv,
    Json,
    /// JSON on one line.
    Jsonl,
}

/// Reads the arguments, prints the report, and says how it went.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let result = match &args.models[..] {
        [one] => single(&args, one),
        _ => many::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, reason }) => {
            let _ = writeln!(io::stderr(), "error: {reason}");
            ExitCode::from(code)
        }
    }
}

/// Why there is no report.
struct Failure {
    code: u8,
    reason: String,
}

fn input(reason: impl Into<String>) -> Failure {
    Failure { code: INPUT, reason: reason.into() }
}

fn single(args: &Args, name: &str) -> Result<(), Failure> {
    let task = Task::of(args)?;
    let usual = if args.serving.sweep.is_empty() { Format::Table } else { Format::Csv };
    let model = input::load(name, args.as_llama)?;
    if let Some(path) = &args.svg {
        task.draw(&model, path)?;
    }
    print(&task.answer(&model, args.format.unwrap_or(usual).into(), true)?)
}

/// What is asked, whatever the model.
struct Task<'a> {
    args: &'a Args,
    workload: Workload,
    overrides: Overrides,
}

impl<'a> Task<'a> {
    fn of(args: &'a Args) -> Result<Self, Failure> {
        let usage = |e: Error| Failure { code: USAGE, reason: e.to_string() };
        let (weights, activations, kv_cache) = (&args.weights, &args.activations, &args.kv_cache);
        let overrides = Overrides::parse(weights.as_deref(), activations.as_deref(), kv_cache.as_deref())
            .map_err(usage)?;
        sweep::rows(&args.serving.sweep).map_err(usage)?;
        Ok(Task { args, workload: workload(args).map_err(usage)?, overrides })
    }

    fn draw(&self, model: &Model, path: &Path) -> Result<(), Failure> {
        let model = model.with(&self.overrides);
        let hardware = self.args.hardware.clone().unwrap_or_default();
        let placed = analyze(&model, &self.workload, &self.args.accounting, Some(&hardware))
            .map_err(|e| input(e.to_string()))?;
        let svg = plot::roofline_svg(&placed, &hardware, &plot::LIGHT, (960, 560));
        std::fs::write(path, svg).map_err(|e| {
            input(format!("cannot write {}: {e}; name a file in a folder that exists", path.display()))
        })
    }

    /// The answer for a model; `headed` says whether a sweep's columns are to be named.
    fn answer(&self, model: &Model, format: export::Format, headed: bool) -> Result<String, Failure> {
        let Task { args, workload, overrides } = self;
        let model = model.with(overrides);
        let failed = |e: Error| input(e.to_string());
        let accounting = &args.accounting;
        if let Some(other) = &args.compare {
            let comparison = compare(&model, workload, accounting, other).map_err(failed)?;
            return Ok(format.write_comparison(&comparison));
        }
        if args.serving.asked() {
            let deployment = args.serving.deployment(args.hardware.clone().unwrap_or_default());
            if args.serving.sweep.is_empty() {
                return serving::write(&model, workload, &deployment, format);
            }
            let case = Case::new(&model, workload, &deployment);
            let curve = Curve::of(&case, &args.serving.sweep).map_err(failed)?;
            return Ok(format.write_curve(&curve, headed));
        }
        let report = analyze(&model, workload, accounting, args.hardware.as_ref()).map_err(failed)?;
        match &args.explain {
            Some(layer) => explanation::write(&model, workload, accounting, &report, layer, format),
            None => Ok(format.write(&report)),
        }
    }
}

fn workload(args: &Args) -> Result<Workload, Error> {
    let (cached, input) = (&args.cached_tokens, &args.input_tokens);
    match (cached.is_empty(), input.is_empty()) {
        (true, true) => Workload::new(&[1024], &[1], args.batch_size),
        (true, false) => Workload::new(&vec![0; input.len()], input, args.batch_size),
        (false, true) => Workload::new(cached, &vec![1; cached.len()], args.batch_size),
        (false, false) => Workload::new(cached, input, args.batch_size),
    }
}

impl From<Format> for export::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Table => export::Format::Table,
            Format::Markdown => export::Format::Markdown,
            Format::Csv => export::Format::Csv,
            Format::Tsv => export::Format::Tsv,
            Format::Json => export::Format::Json,
            Format::Jsonl => export::Format::JsonLine,
        }
    }
}

/// Prints to standard output. A reader that has gone away, as `head` does, is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let ending = if text.ends_with('\n') { "" } else { "\n" };
    match write!(out, "{text}{ending}").and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(input(format!("cannot write to standard output: {e}")))
        }
        _ => Ok(()),
    }
}

fn tokens(text: &str) -> Result<u64, String> {
    text.replace('_', "")
        .parse()
        .map_err(|_| "not a whole number of tokens; if it is the MODEL, put `--` before it".to_owned())
}

fn accounting(name: &str) -> Result<Accounting, String> {
    let known = Accounting::NAMED.map(|row| row.0).join(", ");
    Accounting::parse(name).ok_or_else(|| {
        format!("no such accounting; there are {known}, each with choices behind it as in exact,pairs=all")
    })
}

fn hardware(id: &str) -> Result<Hardware, String> {
    let known: Vec<_> = PRESETS.iter().map(|preset| preset.id).collect();
    Hardware::named(id).map_err(|error| match id.split_once(':') {
        Some(_) => error.to_string(),
        None => format!("no such device; there are {} and custom:…", known.join(", ")),
    })
}

/// The lists at the end of `--help`.
fn lists() -> String {
    let mut text = String::from("Accountings:\n");
    for (name, _, meaning) in Accounting::NAMED {
        text += &format!("  {name:<10} {meaning}\n");
    }
    text += "\nChoices of an accounting:\n";
    for choice in Choice::ALL {
        for option in choice.options() {
            text += &format!("  {:<22} {}\n", format!("{}={}", choice.id(), option.id), option.words);
        }
    }
    for (flag, words) in [
        ("--weights", Overrides::weight_words()),
        ("--activations", Overrides::activation_words()),
        ("--kv-cache", Overrides::cache_words()),
    ] {
        text += &format!("\nFor {flag}:\n  {}\n", words.join(", "));
    }
    text += "\nBuilt-in models:\n";
    for entry in catalog::MODELS {
        text += &format!("  {}\n", entry.id);
    }
    text += "\nDevices:\n";
    for preset in PRESETS {
        let default = if preset.id == DEFAULT_ID { " (also h100)" } else { "" };
        text += &format!("  {:<22} {} {}{default}\n", preset.id, preset.vendor, preset.name);
    }
    let bin = env!("CARGO_PKG_NAME");
    text += &format!(
        "\nExamples:\n  {bin} --cached-tokens 1024 --input-tokens 1 -- meta-llama/Llama-2-7b-hf\n  {bin} --cached-tokens 1048576 1024 --input-tokens 1 1 --hardware h100 -- config.json\n  {bin} --input-tokens 2048 --batch-size 16 --tensor-parallel 8 --output-tokens 512 -- meta-llama/Llama-3.1-70B\n  cat config.json | {bin} --input-tokens 2048 --format json -- -\n"
    );
    text
}
