//! The report of a wrong number: an issue that holds all that the page knows, with room for what its writer
//! expected.

use super::link::Shown;
use super::subject::Subject;
use super::words::{figures, verdicts, workload};
use crate::engine::Report;
use crate::engine::explain::{Figure, explain};
use crate::engine::quantity::grouped;
use crate::engine::report::Row;
use crate::share::ModelSource;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The longest fragment that an issue is filled in with. Hosts refuse addresses of more than 8,000 letters, and
/// what is in this one is encoded again.
const MAX_FRAGMENT: usize = 1_500;

/// What would end a value in an address, or not survive there.
const VALUE: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'&').add(b'+').add(b'<').add(b'>').add(b'`');

/// An issue that nobody has filed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub title: String,
    /// Markdown.
    pub body: String,
}

/// What is reported about.
pub struct Case<'a> {
    pub shown: &'a Shown,
    pub subject: &'a Subject,
    pub report: &'a Report,
    /// The row whose formulas are open.
    pub row: Option<&'a Row>,
    /// The figure of it that was asked about.
    pub figure: Option<Figure>,
}

impl Case<'_> {
    /// The issue; `page` is the page's address without what follows the #, `build` says which build it is.
    pub fn issue(&self, page: &str, build: &str) -> Issue {
        let Case { shown, subject, report, row, figure, .. } = self;
        let which = match (row, figure) {
            (None, _) => "(name it)".to_owned(),
            (Some(row), None) => format!("of {} (say which)", code(row.name)),
            (Some(row), Some(figure)) => format!("{} of {}", figure.label(), code(row.name)),
        };
        let of = plain(&subject.title());
        let title = match row {
            Some(row) => format!("Wrong number: {} of {of}", row.name),
            None => format!("Wrong number: {of}"),
        };
        let version = env!("CARGO_PKG_VERSION");
        let body = format!(
            "**Which figure:** {which}\n\n\
             - Model: {}, {}\n- Workload: {}\n- Accounting: {}\n- In short: {}\n- Page: version {version}, build {}\n\n\
             {}\n\n**What the page says**\n\n{}\n\n**What I expected instead, and why**\n\n\
             (A formula, a count of a model that was built, or another tool's number with its name and version.)\n",
            code(&subject.title()),
            subject.origin(),
            workload(&report.workload),
            code(&report.accounting),
            code(&shown.words),
            code(build),
            self.link(page),
            self.said(),
        );
        Issue { title, body }
    }

    /// A pasted config is its owner's to show; a click sends none.
    fn link(&self, page: &str) -> String {
        let scenario = &self.shown.scenario;
        let cases = scenario.versus.iter().map(|case| &case.model);
        let pasted = cases.chain([&scenario.model]).any(|model| matches!(model, ModelSource::Pasted { .. }));
        let why = match scenario.to_fragment() {
            _ if pasted => "holds the pasted config: look before you send it",
            Ok(fragment) if fragment.len() <= MAX_FRAGMENT => return format!("Link: {page}#{fragment}"),
            _ => "is too long to be filled in",
        };
        format!("Link: (paste it here. “Copy link” on the page gives it; it {why}.)")
    }

    /// The figures, with their formulas where a row is open.
    fn said(&self) -> String {
        let line = |name: &str, value: String| format!("- {name}: {value}");
        let lines: Vec<String> = match self.row {
            Some(row) => {
                let Case { subject, report, shown, .. } = self;
                let explained =
                    explain(&subject.model, &report.workload, &shown.scenario.accounting, row).into_iter();
                explained
                    .filter(|explanation| self.figure.is_none_or(|figure| figure == explanation.figure))
                    .map(|explanation| {
                        let value = explanation.value.map_or_else(|| "overflow".to_owned(), grouped);
                        line(explanation.figure.label(), format!("{} = {value}", code(&explanation.names)))
                    })
                    .collect()
            }
            None => {
                let all = verdicts(self.report).into_iter().chain(figures(self.report));
                all.map(|figure| line(figure.label, figure.value)).collect()
            }
        };
        lines.join("\n")
    }
}

impl Issue {
    /// Where a repository takes issues, with this one filled in; none where there is no repository.
    pub fn address(&self, repository: &str) -> Option<String> {
        let home = Some(repository.trim_end_matches('/')).filter(|home| home.starts_with("https://"))?;
        let encoded = |text: &str| utf8_percent_encode(text, VALUE).to_string();
        Some(format!("{home}/issues/new?title={}&body={}", encoded(&self.title), encoded(&self.body)))
    }

    /// For the clipboard.
    pub fn text(&self) -> String {
        format!("# {}\n\n{}", self.title, self.body)
    }
}

/// A text that others may have written, so that it is shown as it is.
fn code(text: &str) -> String {
    format!("`{}`", plain(&text.replace('`', "'")))
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{analyze, catalog};
    use crate::share::Scenario;
    use crate::ui::link::shown;
    use crate::ui::state::{Action, State};

    const PAGE: &str = "https://roofline.example/";
    const HOME: &str = "https://forge.example/maker/roofline";

    fn opened(fragment: &str) -> State {
        let (scenario, warnings) = Scenario::from_fragment(fragment);
        assert_eq!(warnings, []);
        State::first_view().after(Action::Open(Box::new(scenario), warnings))
    }

    fn report(state: &State) -> Report {
        let model = &state.subject.as_ref().unwrap().model;
        analyze(model, &state.workload, &state.accounting, Some(&state.hardware)).unwrap()
    }

    fn issue_of(state: &State, name: Option<&str>, figure: Option<Figure>) -> Issue {
        let (subject, report) = (state.subject.as_ref().unwrap(), report(state));
        let row = name.map(|name| report.layers.iter().find(|row| row.name == name).unwrap());
        Case { shown: &shown(state).unwrap(), subject, report: &report, row, figure }.issue(PAGE, "abc")
    }

    #[test]
    fn an_issue_says_all_that_the_page_knows() {
        let issue =
            issue_of(&opened("v=1&batch=8&acc=exact&w=fp8"), Some("Attn - SDPA"), Some(Figure::Flops));
        assert_eq!(issue.title, "Wrong number: Attn - SDPA of meta-llama/Llama-2-7b-hf");
        for part in [
            "**Which figure:** Compute (FLOP) of `Attn - SDPA`",
            "Model: `meta-llama/Llama-2-7b-hf`, built in",
            "Workload: 1,024 cached and 1 input token, batch of 8",
            "Accounting: `exact`",
            "fp8 weights",
            "build `abc`",
            "Link: https://roofline.example/#v=1&batch=8&acc=exact&w=fp8\n",
            "- Compute (FLOP): `",
            "**What I expected instead, and why**",
        ] {
            assert!(issue.body.contains(part), "{part} is not in\n{}", issue.body);
        }
        assert!(!issue.body.contains("Bandwidth, weights"), "{}", issue.body);
        let row = issue_of(&opened("v=1"), Some("Attn - SDPA"), None).body;
        assert!(row.contains("Compute (FLOP): ") && row.contains("Bandwidth, output (bytes): "), "{row}");
        let page = issue_of(&opened("v=1"), None, None);
        assert_eq!(page.title, "Wrong number: meta-llama/Llama-2-7b-hf");
        assert!(
            page.body.contains("- Time of this step: ≥ 4.03 ms\n")
                && page.body.contains("- Parameters: 6.74 B")
        );
    }

    #[test]
    fn a_pasted_config_and_an_endless_link_are_left_to_their_owner() {
        let pasted = "v=1&c=eyJtb2RlbF90eXBlIjoibGxhbWEiLCJudW1faGlkZGVuX2xheWVycyI6Mn0";
        let lists =
            format!("v=1&cached={}", (0..400).map(|i| (1000 + i).to_string()).collect::<Vec<_>>().join(","));
        for (link, why) in [
            (pasted, "look before you send it"),
            (
                "v=1&vs=c=eyJtb2RlbF90eXBlIjoibGxhbWEiLCJudW1faGlkZGVuX2xheWVycyI6Mn0",
                "look before you send it",
            ),
            (&lists, "too long to be filled in"),
        ] {
            let body = issue_of(&opened(link), None, None).body;
            assert!(body.contains(why) && !body.contains(PAGE) && !body.contains("eyJ"), "{body}");
        }
    }

    #[test]
    fn every_issue_fits_into_an_address() {
        for entry in catalog::MODELS {
            let state = State::first_view().after(Action::Choose(entry));
            for row in report(&state).layers {
                let issue = issue_of(&state, Some(row.name), None);
                let address = issue.address(HOME).unwrap();
                assert!(address.len() < 6_000, "{} letters for {}", address.len(), issue.title);
            }
        }
    }

    #[test]
    fn an_address_is_made_for_a_repository_only() {
        let issue = Issue { title: "A & b".into(), body: "**100 %** +\n#`<1>`".into() };
        let address = "https://forge.example/maker/roofline/issues/new?title=A%20%26%20b&body=**100%20%25**%20%2B%0A%23%60%3C1%3E%60";
        assert_eq!(issue.address("https://forge.example/maker/roofline/").as_deref(), Some(address));
        for none in ["", "javascript:alert(1)", "forge.example/maker"] {
            assert_eq!(issue.address(none), None);
        }
    }

    #[test]
    fn what_others_named_is_shown_as_it_is() {
        let own = "v=1&hw=custom:1e12,1e9,1e12,%60@all%60%0A%23%20x";
        let body = issue_of(&opened(own), None, None).body;
        assert!(body.contains("· '@all'# x ·"), "{body}");
    }
}
