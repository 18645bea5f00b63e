//! Scenarios side by side as text.

use super::{csv, markdown};
use crate::engine::lineup::{Line, Lineup, letter};
use crate::engine::quantity::plain;

/// A table for issues and documents; `names` say what the scenarios are.
pub fn markdown(lineup: &Lineup, names: &[String]) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = String::new();
    for (place, name) in names.iter().enumerate() {
        out.push_str(&format!("- **{}** {}\n", letter(place), markdown::escaped(name)));
    }
    let titles =
        columns(names.len()).map(|(place, ratio)| if ratio { over(place) } else { letter(place).into() });
    out.push_str(&format!("\n{}", row(std::iter::once(String::new()).chain(titles).collect())));
    out.push_str(&row(std::iter::once("---")
        .chain(columns(names.len()).map(|_| "---:"))
        .map(str::to_owned)
        .collect()));
    for part in &lineup.parts {
        let empty = columns(names.len()).map(|_| String::new());
        out.push_str(&row(std::iter::once(format!("**{}**", part.topic.words())).chain(empty).collect()));
        for line in &part.lines {
            let figures = columns(names.len()).map(|(place, ratio)| human(line, place, ratio));
            out.push_str(&row(std::iter::once(markdown::escaped(&line.title())).chain(figures).collect()));
        }
    }
    out
}

/// Comma-separated values: every digit, the unit in a column of its own.
pub fn csv(lineup: &Lineup, names: &[String]) -> String {
    let title = |(place, ratio): (usize, bool)| match ratio {
        true => over(place),
        false => format!("{}: {}", letter(place), names[place]),
    };
    let head =
        ["part", "figure", "unit"].map(str::to_owned).into_iter().chain(columns(names.len()).map(title));
    let mut lines = vec![head.collect::<Vec<_>>()];
    for part in &lineup.parts {
        for line in &part.lines {
            let unit = line.figures.iter().flatten().next().map_or("", |figure| figure.unit());
            let first = [part.topic.key().to_owned(), line.title(), unit.to_owned()];
            let figures = columns(names.len()).map(|(place, ratio)| raw(line, place, ratio));
            lines.push(first.into_iter().chain(figures).collect());
        }
    }
    let written =
        |cells: Vec<String>| cells.into_iter().map(csv::quoted).collect::<Vec<_>>().join(",") + "\r\n";
    lines.into_iter().map(written).collect()
}

/// The columns of so many scenarios: each with its figure, all but the first with their ratio to that.
fn columns(scenarios: usize) -> impl Iterator<Item = (usize, bool)> {
    (0..scenarios).flat_map(|place| [(place, false), (place, true)]).filter(|column| *column != (0, true))
}

fn over(place: usize) -> String {
    format!("{} / A", letter(place))
}

fn human(line: &Line, place: usize, ratio: bool) -> String {
    let said = match ratio {
        true => line.ratio(place).map(|ratio| format!("{}×", plain(ratio))),
        false => line.figures.get(place).copied().flatten().map(|figure| figure.human()),
    };
    said.unwrap_or_else(|| "–".to_owned())
}

fn raw(line: &Line, place: usize, ratio: bool) -> String {
    let said = match ratio {
        true => line.ratio(place).map(|ratio| ratio.to_string()),
        false => line.figures.get(place).copied().flatten().map(|figure| figure.raw()),
    };
    said.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::lineup::{Side, lineup};
    use crate::engine::{Accounting, Hardware, Workload, analyze, catalog};

    #[test]
    fn scenarios_as_text() {
        let model = catalog::find(catalog::DEFAULT_ID).unwrap().model().unwrap();
        let on = |device: &str| {
            let device = Hardware::find(device);
            analyze(&model, &Workload::default(), &Accounting::DOCUMENT, device.as_ref()).unwrap()
        };
        let (first, second) = (on("h100"), on("h200"));
        let sides = [&first, &second].map(|report| Side { report: Some(report), plan: None });
        let lineup = lineup(&[sides[0], sides[1], Side::default()]);
        let names = ["one | two", "say \"H200\", twice", "away"].map(str::to_owned);
        let text = markdown(&lineup, &names);
        assert!(text.starts_with("- **A** one \\| two\n- **B** say"), "{text}");
        assert!(
            text.contains("\n|  | A | B | B / A | C | C / A |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
        );
        let table = text.lines().filter(|line| line.starts_with('|'));
        assert!(table.clone().all(|line| line.matches(" |").count() == 6), "{text}");
        // 3.35 / 4.8
        assert!(
            text.lines().any(|l| l.starts_with("| Time of the step |") && l.contains("| 0.698× | – | – |"))
        );

        let text = csv(&lineup, &names);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let head = reader.headers().unwrap().clone();
        assert_eq!(&head[3], "A: one | two");
        assert_eq!((&head[4], &head[5]), ("B: say \"H200\", twice", "B / A"));
        let rows: Vec<::csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
        let compute = rows.iter().find(|row| &row[1] == "Compute").unwrap();
        assert_eq!(compute[3], first.total.flops.0.to_string());
        assert_eq!((&compute[2], &compute[5], &compute[6]), ("FLOP", "1", ""));
    }
}
