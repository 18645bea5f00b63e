//! What Python and chat windows make of JSON, mended so that a parser takes it and places stay true.

/// A text that a strict parser may take, and what was done to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    pub text: String,
    /// In words, one for each kind of mending.
    pub notes: Vec<&'static str>,
    /// Line and column, from 1, behind which the line is one character longer than it was.
    longer: Vec<(usize, usize)>,
}

/// Words that Python writes for numbers JSON has no word for.
const NUMBERS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// Replaces a byte-order mark and the fence of a paste by blanks, `NaN` and `Infinity` by null. None
/// where there is nothing of the kind.
pub fn mend(text: &str) -> Option<Mended> {
    let mut mended = Mended::default();
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => {
            mended.notes.push("a byte-order mark before the text was skipped");
            format!(" {rest}")
        }
        None => text.to_owned(),
    };
    let text = match unfenced(&text) {
        Some(inner) => {
            mended.notes.push("a code fence around the text was skipped");
            inner
        }
        None => text,
    };
    let (mut line, mut column) = (1, 1);
    let (mut quoted, mut escaped) = (false, false);
    let mut rest = text.as_str();
    let mut replaced = false;
    while let Some(c) = rest.chars().next() {
        let word = NUMBERS.iter().find(|word| !quoted && rest.starts_with(**word));
        if let Some(word) = word {
            let null = format!("{:width$}", "null", width = word.len());
            if null.len() > word.len() {
                mended.longer.push((line, column + word.len()));
            }
            mended.text.push_str(&null);
            (column, rest, replaced) = (column + word.len(), &rest[word.len()..], true);
            continue;
        }
        (quoted, escaped) = match c {
            '"' if !escaped => (!quoted, false),
            '\\' if quoted => (true, !escaped),
            _ => (quoted, false),
        };
        mended.text.push(c);
        (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
        rest = &rest[c.len_utf8()..];
    }
    if replaced {
        mended.notes.push("NaN and Infinity, which Python writes and JSON does not know, were read as null");
    }
    (!mended.notes.is_empty()).then_some(mended)
}

impl Mended {
    /// The column in the original text.
    pub fn column(&self, line: usize, column: usize) -> usize {
        let before = self.longer.iter().filter(|(l, c)| *l == line && *c < column).count();
        column - before
    }
}

/// The text with the lines of a code fence around it blanked out.
fn unfenced(text: &str) -> Option<String> {
    let start = text.len() - text.trim_start().len();
    let opening = text[start..].starts_with("```").then_some(start)?;
    let first_end = opening + text[opening..].find(['\n', '{'])?;
    let end = text.trim_end().len();
    let closing = match text[first_end..end].strip_suffix("```") {
        Some(inner) => first_end + inner.len(),
        None => end,
    };
    let blank = |part: &str| part.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect::<String>();
    Some(blank(&text[..first_end]) + &text[first_end..closing] + &blank(&text[closing..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mended_and_how() {
        for (text, want, notes) in [
            ("\u{feff}{}", " {}", 1),
            ("```json\n{\"a\": 1}\n```\n", "       \n{\"a\": 1}\n   \n", 1),
            ("``` {}```", "    {}   ", 1),
            ("{\"a\": Infinity, \"b\": -Infinity}", "{\"a\": null    , \"b\": null     }", 1),
            ("[NaN,1]", "[null,1]", 1),
            ("\u{feff}```\n[NaN]```", "    \n[null]   ", 3),
        ] {
            let mended = mend(text).unwrap();
            assert_eq!((mended.text.as_str(), mended.notes.len()), (want, notes), "{text}");
        }
        for text in ["{}", "{\"NaN\": \"Infinity \\\" NaN\"}", "", "```"] {
            assert_eq!(mend(text), None, "{text}");
        }
    }

    #[test]
    fn columns_are_those_of_the_original() {
        let mended = mend("[NaN,NaN,\n NaN]").unwrap();
        assert_eq!(mended.text, "[null,null,\n null]");
        assert_eq!(
            [(1, 2), (1, 6), (1, 7), (1, 12), (2, 2)].map(|(l, c)| mended.column(l, c)),
            [2, 5, 6, 10, 2]
        );
    }
}
