//! Lists of token counts: `1048576,1024`, with `1024x64` for 64 times 1024.

use std::fmt::Write;

/// The most queries that a link spells out. A batch of identical queries is one query and a number.
pub const MAX_QUERIES: usize = 1 << 16;

/// Writes a list.
pub fn write(values: impl Iterator<Item = u64>) -> String {
    let mut runs: Vec<(u64, usize)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => runs.push((value, 1)),
        }
    }
    let mut out = String::new();
    for (value, count) in runs {
        let comma = if out.is_empty() { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = match count {
            1 => write!(out, "{comma}{value}"),
            _ => write!(out, "{comma}{value}x{count}"),
        };
    }
    out
}

/// Reads a list.
pub fn read(text: &str) -> Result<Vec<u64>, String> {
    let mut values = Vec::new();
    for item in text.split(',') {
        let (value, count) = item.split_once('x').unwrap_or((item, "1"));
        let count = number(count)?;
        let room = (MAX_QUERIES - values.len()) as u64;
        if count == 0 || count > room {
            return Err(format!("a list has between 1 and {MAX_QUERIES} values"));
        }
        values.extend(std::iter::repeat_n(number(value)?, count as usize));
    }
    Ok(values)
}

/// Reads digits and nothing else.
pub fn number(text: &str) -> Result<u64, String> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("“{}” is not a whole number", super::values::short(text)));
    }
    text.parse().map_err(|_| format!("{} is too large", super::values::short(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_run_lengths() {
        for (text, values) in
            [("1024", &[1024][..]), ("1048576,1024", &[1_048_576, 1024]), ("7x3,0,7", &[7, 7, 7, 0, 7])]
        {
            assert_eq!(read(text).as_deref(), Ok(values));
            assert_eq!(write(values.iter().copied()), text);
        }
        assert_eq!(read("5x1,5").as_deref(), Ok(&[5, 5][..]));
        assert_eq!(read("1x65536").map(|list| list.len()), Ok(MAX_QUERIES));
    }

    #[test]
    fn broken_lists_are_refused() {
        for text in ["", ",", "1,", "x", "1x", "x2", "-1", "+1", "1.5", "1e3", " 1", "1x0", "1x2x3", "१"] {
            assert!(read(text).is_err(), "{text}");
        }
        for text in ["18446744073709551616", "1x65537", "1x65536,1", "1x99999999999999999999"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
