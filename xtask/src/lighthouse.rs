//! `cargo xtask lighthouse`: what Google's Lighthouse thinks of the built page.

use crate::http::{Request, Response, Server};
use crate::process::{self, dist, find_on, say, search_path, target};
use crate::{files, page, size, system, tools};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// The categories and the least points they must have.
const FLOORS: [(&str, u32); 4] =
    [("performance", 95), ("accessibility", 100), ("best-practices", 100), ("seo", 100)];

/// Times differ from run to run; the middle one counts.
const RUNS: usize = 3;

/// Prints the points of every category and what costs some; fails below a floor.
pub fn run() -> Result<()> {
    let browser = system::ensure()?;
    let lighthouse = tools::lighthouse()?;
    page::build(page::When::Changed)?;
    let node = find_on(&search_path(), "node").context("there is no node on PATH")?;
    let folder = dist();
    let server = Server::start(move |request| packed(files::answer(&folder, request), request))?;
    let mut runs = Vec::new();
    for number in 1..=RUNS {
        say(format!("Lighthouse, {number} of {RUNS}"));
        let report = target().join("xtask").join(format!("lighthouse-{number}.json"));
        let mut command = Command::new(&node);
        command
            .arg(&lighthouse)
            .arg(server.url() + "/")
            .args([
                "--quiet",
                "--output=json",
                "--chrome-flags=--headless --no-sandbox --disable-gpu --disable-dev-shm-usage",
            ])
            .arg(format!("--output-path={}", report.display()))
            .arg(format!("--only-categories={}", FLOORS.map(|floor| floor.0).join(",")))
            .env("CHROME_PATH", &browser.chromium)
            .stdout(Stdio::null());
        process::run(&mut command, "What Lighthouse had to say is above.")?;
        runs.push(Verdict::read(&node, &report)?);
    }
    let verdict = middle(runs).context("Lighthouse did not run")?;
    print!("{}", verdict.table());
    let below = verdict.below();
    if !below.is_empty() {
        bail!("the page falls short in {}; what costs points is above", below.join(" and "));
    }
    Ok(())
}

/// As hosts send it: what is worth packing goes packed.
fn packed(response: Response, request: &Request) -> Response {
    let accepts = request.header("accept-encoding").is_some_and(|kinds| kinds.contains("gzip"));
    let text = response.headers.iter().any(|(name, value)| {
        name == "Content-Type" && !value.starts_with("image/png") && !value.starts_with("application/octet")
    });
    if !(accepts && text) {
        return response;
    }
    match size::gzipped(&response.body) {
        Ok(body) => Response { body, ..response }.with("Content-Encoding", "gzip"),
        Err(_) => response,
    }
}

/// What one run found.
#[derive(Clone, Debug, Default, PartialEq)]
struct Verdict {
    /// Category and points.
    scores: Vec<(String, u32)>,
    audits: Vec<Audit>,
}

/// Something that costs points.
#[derive(Clone, Debug, PartialEq)]
struct Audit {
    category: String,
    words: String,
}

impl Verdict {
    fn read(node: &Path, report: &Path) -> Result<Self> {
        let mut script = Command::new(node);
        script.args(["-e", include_str!("lighthouse.js")]).arg(report);
        Self::parse(&process::output(&mut script)?)
    }

    fn parse(lines: &str) -> Result<Self> {
        let mut verdict = Verdict::default();
        for line in lines.lines() {
            match line.split('\t').collect::<Vec<_>>()[..] {
                ["score", category, score] => {
                    let score: f64 = score.parse().with_context(|| format!("{category} has no score"))?;
                    verdict.scores.push((category.to_owned(), (score * 100.0).round() as u32));
                }
                ["audit", category, id, score, title, shown] => {
                    let words = format!("{id}: {title} {shown} ({score})");
                    verdict.audits.push(Audit { category: category.to_owned(), words });
                }
                _ => bail!("Lighthouse's report is not as expected: {line:?}"),
            }
        }
        Ok(verdict)
    }

    fn points(&self, category: &str) -> Option<u32> {
        self.scores.iter().find(|(name, _)| name == category).map(|score| score.1)
    }

    /// The categories below their floor, with both.
    fn below(&self) -> Vec<String> {
        let short = FLOORS.iter().filter(|(name, floor)| self.points(name).is_none_or(|got| got < *floor));
        short
            .map(|(name, floor)| {
                let got = self.points(name).map_or("no".to_owned(), |got| got.to_string());
                format!("{name} ({got} points of {floor})")
            })
            .collect()
    }

    fn table(&self) -> String {
        let mut text = String::new();
        for (name, floor) in FLOORS {
            let got = self.points(name).map_or("-".to_owned(), |got| got.to_string());
            text += &format!("{name:<15} {got:>3}  at least {floor}\n");
            for audit in self.audits.iter().filter(|audit| audit.category == name) {
                text += &format!("  {}\n", audit.words);
            }
        }
        text
    }
}

/// The run in the middle by its performance.
fn middle(mut runs: Vec<Verdict>) -> Option<Verdict> {
    runs.sort_by_key(|run| run.points("performance"));
    let at = runs.len() / 2;
    runs.into_iter().nth(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "score\tperformance\t0.944\naudit\tperformance\tspeed-index\t0.8\tSpeed Index\t4 s\n\
                         score\taccessibility\t1\nscore\tbest-practices\t1\n";

    #[test]
    fn what_falls_short_is_named_with_its_reason() {
        let verdict = Verdict::parse(LINES).unwrap();
        assert_eq!(verdict.below(), ["performance (94 points of 95)", "seo (no points of 100)"]);
        let table = verdict.table();
        assert!(
            table.starts_with("performance      94  at least 95\n  speed-index: Speed Index 4 s (0.8)\n"),
            "{table}"
        );
        assert!(Verdict::parse("score\tperformance\tnull").is_err());
        assert!(Verdict::parse("anything").is_err());
    }

    #[test]
    fn the_middle_run_counts() {
        let run = |points| Verdict { scores: vec![("performance".to_owned(), points)], audits: Vec::new() };
        assert_eq!(middle(vec![run(99), run(90), run(96)]), Some(run(96)));
        assert_eq!(middle(Vec::new()), None);
    }

    #[test]
    fn text_goes_packed_to_who_takes_it() {
        let request = |accepts: &str| Request {
            method: "GET".to_owned(),
            target: "/".to_owned(),
            headers: vec![("Accept-Encoding".to_owned(), accepts.to_owned())],
            body: Vec::new(),
        };
        let answer = |kind| Response::new(200, kind, vec![0; 5000]);
        let length = |kind, accepts| packed(answer(kind), &request(accepts)).body.len();
        assert!(length("application/wasm", "gzip, deflate") < 100);
        assert_eq!(length("application/wasm", "br"), 5000);
        assert_eq!(length("image/png", "gzip"), 5000);
    }
}
