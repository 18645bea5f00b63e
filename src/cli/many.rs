//! Several models, one after another: what is wrong with one does not stop the others.

use super::{Args, Failure, Format, Task, USAGE, input, print};
use crate::engine::Model;
use crate::export;
use serde::Serialize;
use std::io::{self, Write};

/// In place of a report.
#[derive(Serialize)]
struct Wrong<'a> {
    /// The model's name, where it is known.
    model: Option<&'a str>,
    /// The line of standard input.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    error: &'a str,
}

/// Prints an answer for each model that the arguments name, or standard input.
pub fn run(args: &Args) -> Result<(), Failure> {
    let task = Task::of(args)?;
    let sweeps = !args.serving.sweep.is_empty();
    let usual = if sweeps && !args.json_lines { Format::Csv } else { Format::Jsonl };
    let format = args.format.unwrap_or(usual);
    let refuse = |reason: &str| Err(Failure { code: USAGE, reason: reason.to_owned() });
    if args.svg.is_some() {
        return refuse("--svg draws one model: give one MODEL");
    }
    if matches!(format, Format::Csv | Format::Tsv) && !sweeps {
        return refuse(
            "tables of layers of several models do not go into one file of csv or tsv: use --format jsonl, or --sweep batch=1 for a line of csv each",
        );
    }
    let mut out = Answers { task, format, count: 0, wrong: 0 };
    if args.json_lines {
        for (number, text) in input::lines() {
            let stop = text.is_err();
            let model =
                text.map_err(|failure| (None, failure)).and_then(|text| input::line(&text, args.as_llama));
            out.add(Some(number), model)?;
            if stop {
                break;
            }
        }
        if out.count == 0 {
            return Err(input(
                "there is no line on standard input: write a config or {\"model\": …} on each",
            ));
        }
    }
    for name in &args.models {
        out.add(None, input::load(name, args.as_llama).map_err(|failure| (Some(name.clone()), failure)))?;
    }
    match out.wrong {
        0 => Ok(()),
        wrong => Err(input(format!("{wrong} of {} models have no answer", out.count))),
    }
}

/// Answers as they are printed.
struct Answers<'a> {
    task: Task<'a>,
    format: Format,
    count: u64,
    wrong: u64,
}

impl Answers<'_> {
    /// Prints the answer for one more model, or what is wrong with it.
    fn add(
        &mut self,
        line: Option<u64>,
        model: Result<Model, (Option<String>, Failure)>,
    ) -> Result<(), Failure> {
        // Columns are named once, before the first answer.
        let headed = self.count == self.wrong;
        self.count += 1;
        let answer = model.and_then(|model| {
            let answer = self.task.answer(&model, self.format.into(), headed);
            answer.map_err(|failure| (model.name.as_deref().map(str::to_owned), failure))
        });
        match answer {
            Ok(text) => print(&text),
            Err((name, Failure { reason, .. })) => {
                self.wrong += 1;
                self.complain(&Wrong { model: name.as_deref(), line, error: &reason })
            }
        }
    }

    /// Where programs read, a program must find it.
    fn complain(&self, wrong: &Wrong<'_>) -> Result<(), Failure> {
        if matches!(self.format, Format::Json | Format::Jsonl) {
            return print(&export::json_line(wrong));
        }
        let place = match (wrong.model, wrong.line) {
            (Some(name), _) if !wrong.error.contains(name) => format!("{name}: "),
            (None, Some(number)) => format!("line {number}: "),
            _ => String::new(),
        };
        let _ = writeln!(io::stderr(), "error: {place}{}", wrong.error);
        Ok(())
    }
}
