use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match xtask::cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One sentence, not a stack: every error here says what to do.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
