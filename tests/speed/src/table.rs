//! The one table: each figure beside its target and what was timed with it.

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    Seconds(f64),
    /// How many times as long one thing takes as another.
    Times(f64),
}

impl Figure {
    fn value(self) -> f64 {
        match self {
            Figure::Seconds(value) | Figure::Times(value) => value,
        }
    }

    /// Three digits and the unit that suits them.
    pub fn words(self) -> String {
        let (value, unit) = match self {
            Figure::Times(times) => (times, "×"),
            Figure::Seconds(seconds) => {
                let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")];
                let fits = units.into_iter().find(|(unit, _)| seconds >= 0.9995 * unit);
                let (size, name) = fits.unwrap_or((1e-9, "ns"));
                (seconds / size, name)
            }
        };
        let digits = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
        format!("{value:.digits$} {unit}")
    }
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub what: String,
    pub measured: Figure,
    /// What it should not exceed.
    pub target: Option<Figure>,
    /// What was timed in the same run, for comparison.
    pub peers: Vec<(String, Figure)>,
}

impl Row {
    pub fn new(what: impl Into<String>, measured: Figure) -> Self {
        Row { what: what.into(), measured, target: None, peers: Vec::new() }
    }

    pub fn at_most(self, target: Figure) -> Self {
        Row { target: Some(target), ..self }
    }

    pub fn beside(mut self, what: impl Into<String>, figure: Figure) -> Self {
        self.peers.push((what.into(), figure));
        self
    }

    /// Whether it is as it should be; none without a target.
    pub fn meets(&self) -> Option<bool> {
        // A figure that is no number meets nothing.
        self.target.map(|target| self.measured.value() <= target.value())
    }
}

/// The rows as Markdown that is also easy on the eye in a terminal.
pub fn markdown(rows: &[Row]) -> String {
    let head = ["what", "measured", "target", "", "beside it, in the same run"].map(str::to_owned);
    let mut lines = vec![head];
    for row in rows {
        let beside: Vec<String> =
            row.peers.iter().map(|(what, figure)| format!("{what} {}", figure.words())).collect();
        let verdict = match row.meets() {
            None => "",
            Some(true) => "met",
            Some(false) => "MISSED",
        };
        lines.push([
            row.what.clone(),
            row.measured.words(),
            row.target.map(|target| format!("≤ {}", target.words())).unwrap_or_default(),
            verdict.to_owned(),
            beside.join(", "),
        ]);
    }
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3, 4].map(width);
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let cells: Vec<String> = line
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(column, (cell, width))| match column {
                1 | 2 => format!("{cell:>width$}"),
                _ => format!("{cell:<width$}"),
            })
            .collect();
        text += &format!("| {} |\n", cells.join(" | "));
        if number == 0 {
            let rules: Vec<String> = widths
                .iter()
                .enumerate()
                .map(|(column, width)| match column {
                    1 | 2 => format!("{}:", "-".repeat(width + 1)),
                    _ => "-".repeat(width + 2),
                })
                .collect();
            text += &format!("|{}|\n", rules.join("|"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits_and_a_fitting_unit() {
        for (figure, words) in [
            (Figure::Seconds(1.234_5e-6), "1.23 µs"),
            (Figure::Seconds(0.999_9e-6), "1.00 µs"),
            (Figure::Seconds(0.016_04), "16.0 ms"),
            (Figure::Seconds(0.2), "200 ms"),
            (Figure::Seconds(12.0), "12.0 s"),
            (Figure::Seconds(3e-10), "0.30 ns"),
            (Figure::Times(9.998), "10.0 ×"),
        ] {
            assert_eq!(figure.words(), words);
        }
    }

    #[test]
    fn a_target_is_met_up_to_itself() {
        let row = |seconds| Row::new("x", Figure::Seconds(seconds)).at_most(Figure::Seconds(0.005));
        let meets = [0.005, 0.0051, f64::NAN].map(|seconds| row(seconds).meets());
        assert_eq!(meets, [Some(true), Some(false), Some(false)]);
        assert_eq!(Row::new("x", Figure::Times(1.0)).meets(), None);
    }

    #[test]
    fn the_table_is_markdown_in_columns() {
        let rows = [
            Row::new("quick", Figure::Seconds(1e-3)).at_most(Figure::Seconds(2e-3)),
            Row::new("slow", Figure::Seconds(3.0))
                .at_most(Figure::Seconds(2.0))
                .beside("a peer", Figure::Seconds(4.0)),
        ];
        let expected = "\
| what  | measured |    target |        | beside it, in the same run |
|-------|---------:|----------:|--------|----------------------------|
| quick |  1.00 ms | ≤ 2.00 ms | met    |                            |
| slow  |   3.00 s |  ≤ 2.00 s | MISSED | a peer 4.00 s              |
";
        assert_eq!(markdown(&rows), expected);
    }
}
