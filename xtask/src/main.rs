use clap::Parser;

fn main() -> anyhow::Result<()> {
    xtask::cli::Cli::parse().run()
}
