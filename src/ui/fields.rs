//! What people type into number fields, read leniently.

use crate::engine::quantity;

/// Reads a number of tokens or queries: `1024`, `1,024`, `128k`, `1.5M`.
///
/// k is 1,024 and M is 1,024², as context lengths are named: a 128k model takes 131,072 tokens.
pub fn count(text: &str) -> Result<u64, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("Type a whole number.".to_owned());
    }
    let (digits, unit) = suffixed(text);
    let digits: String = digits.chars().filter(|c| !is_separator(*c)).collect();
    let refused = || Err(format!("“{}” is not a whole number. 1024, 1,024 and 1k are.", shortened(text)));
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return refused();
    }
    if unit == 1 || !digits.contains('.') {
        // Twenty digits and more are beyond any limit; the workload says which.
        return match digits.parse::<u64>() {
            Ok(number) => Ok(number.saturating_mul(unit)),
            Err(_) if digits.contains('.') => refused(),
            Err(_) => Ok(u64::MAX),
        };
    }
    match quantity::read(&digits) {
        Some(number) if number * (unit as f64) < 1e18 => Ok((number * unit as f64).round() as u64),
        _ => refused(),
    }
}

/// Reads a list of such numbers between spaces or commas.
pub fn counts(text: &str) -> Result<Vec<u64>, String> {
    let parts = text.split([' ', ',', ';', '\n', '\t']).filter(|part| !part.is_empty());
    let list = parts.map(count).collect::<Result<Vec<_>, _>>()?;
    if list.is_empty() {
        return Err("Type one number per query, such as 1048576 1024.".to_owned());
    }
    Ok(list)
}

/// Reads a figure of a device, with or without thousands separators.
pub fn figure(text: &str) -> Result<f64, String> {
    let plain: String = text.chars().filter(|c| !is_separator(*c)).collect();
    match quantity::read(&plain) {
        _ if plain.is_empty() => Err("Type a number.".to_owned()),
        Some(number) if number > 0.0 => Ok(number),
        Some(_) => Err("Type a number above zero.".to_owned()),
        None => Err(format!("“{}” is not a number.", shortened(text.trim()))),
    }
}

fn suffixed(text: &str) -> (&str, u64) {
    let lower = text.to_ascii_lowercase();
    for (suffix, unit) in [("ki", 1 << 10), ("mi", 1 << 20), ("k", 1 << 10), ("m", 1 << 20)] {
        if lower.ends_with(suffix) {
            return (&text[..text.len() - suffix.len()], unit);
        }
    }
    (text, 1)
}

fn is_separator(c: char) -> bool {
    matches!(c, ',' | '_' | '\'' | '’') || c.is_whitespace()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(24) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_type_them() {
        for (text, number) in [
            ("1024", 1024),
            (" 1,024 ", 1024),
            ("1 048 576", 1_048_576),
            ("1'000", 1000),
            ("4k", 4096),
            ("128K", 131_072),
            ("128 k", 131_072),
            ("1M", 1_048_576),
            ("1Mi", 1_048_576),
            ("1.5k", 1536),
            ("0", 0),
            ("99999999999999999999999", u64::MAX),
            ("99999999999999999999M", u64::MAX),
        ] {
            assert_eq!(count(text), Ok(number), "{text}");
        }
        for text in ["", "  ", "k", "1.5", "-1", "1e3", "ten", "1.2.3k", "1k2", "é", "9é"] {
            assert!(count(text).is_err(), "{text}");
        }
    }

    #[test]
    fn lists_as_people_type_them() {
        assert_eq!(counts("1048576 1024"), Ok(vec![1_048_576, 1024]));
        assert_eq!(counts("1M, 1k,\n3"), Ok(vec![1_048_576, 1024, 3]));
        assert!(counts(" , ").is_err());
        assert!(counts("1 x").unwrap_err().contains("“x”"));
    }

    #[test]
    fn figures_as_people_type_them() {
        assert_eq!(figure("3,350"), Ok(3350.0));
        assert_eq!(figure(" 0.5 "), Ok(0.5));
        for text in ["", "0", "-1", "inf", "NaN", "fast"] {
            assert!(figure(text).is_err(), "{text}");
        }
    }
}
