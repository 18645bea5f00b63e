//! Quantities with a unit, and the words they are shown in.
//!
//! FLOPs and rates carry SI prefixes (k = 1,000), memory carries IEC prefixes (Ki = 1,024), and every
//! rounded figure has three significant digits; exports carry the exact integer.

use serde::{Deserialize, Serialize};

/// A number of floating-point operations, exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Flops(pub u128);

/// A number of bytes, exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub u128);

/// Operational intensity in FLOP per byte of traffic.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Intensity(pub f64);

/// A duration in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

impl Flops {
    /// As a float, rounded to the nearest.
    pub fn float(self) -> f64 {
        float(self.0)
    }

    /// `13.2 GFLOP`
    pub fn human(self) -> String {
        si(self.0 as f64, "FLOP")
    }
}

impl Bytes {
    /// As a float, rounded to the nearest.
    pub fn float(self) -> f64 {
        float(self.0)
    }

    /// `12.1 GiB`
    pub fn human(self) -> String {
        iec(self.0 as f64)
    }
}

impl Intensity {
    /// FLOPs over bytes; none where nothing moves.
    pub fn of(flops: Flops, bytes: Bytes) -> Option<Self> {
        (bytes.0 > 0).then(|| Intensity(flops.float() / bytes.float()))
    }

    /// `0.998 FLOP/B`
    pub fn human(self) -> String {
        format!("{} FLOP/B", plain(self.0))
    }
}

impl Seconds {
    /// `3.91 ms`; from two days on in days.
    pub fn human(self) -> String {
        let (scale, unit) = match self.0 {
            s if s >= 172_800.0 => (1.0 / 86_400.0, "d"),
            s if s >= 1.0 || s == 0.0 => (1.0, "s"),
            s if s >= 0.999_5e-3 => (1e3, "ms"),
            s if s >= 0.999_5e-6 => (1e6, "µs"),
            _ => (1e9, "ns"),
        };
        format!("{} {unit}", plain(self.0 * scale))
    }
}

/// `989 TFLOP/s`, from operations a second.
pub fn rate(flops_per_second: f64) -> String {
    si(flops_per_second, "FLOP/s")
}

/// `3.35 TB/s`, from bytes a second.
pub fn bandwidth(bytes_per_second: f64) -> String {
    si(bytes_per_second, "B/s")
}

/// A value with an SI prefix before its unit: `1.5 k` + `FLOP`.
pub fn si(value: f64, unit: &str) -> String {
    let (number, prefix) = scaled(value, 1e3, &["", "k", "M", "G", "T", "P", "E", "Z", "Y", "R", "Q"]);
    format!("{number} {prefix}{unit}")
}

/// Bytes with an IEC prefix.
pub fn iec(bytes: f64) -> String {
    let (number, prefix) = scaled(bytes, 1024.0, &["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"]);
    format!("{number} {prefix}B")
}

/// A ratio or a count without a unit: three significant digits, SI prefix from a million on.
pub fn plain(value: f64) -> String {
    if value.abs() >= 999_500.0 {
        return si(value, "").trim_end().to_owned();
    }
    if value.abs() >= 1000.0 {
        return grouped(value.round() as u128);
    }
    significant(value)
}

/// A part of a whole: `41.3 %`.
pub fn percent(share: f64) -> String {
    match share * 100.0 {
        p if p > 0.0 && p < 0.05 => "<0.1 %".to_owned(),
        p => format!("{p:.1} %"),
    }
}

/// An integer with a comma every three digits.
pub fn grouped(value: u128) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The nearest float: one instruction for what 64 bits hold, as nearly all does.
fn float(value: u128) -> f64 {
    u64::try_from(value).map_or_else(|_| wide(value), |value| value as f64)
}

// Apart, or it would be computed for everything and then not be taken.
#[inline(never)]
fn wide(value: u128) -> f64 {
    value as f64
}

fn scaled<'a>(value: f64, base: f64, prefixes: &[&'a str]) -> (String, &'a str) {
    let mut scaled = value;
    let mut step = 0;
    // 999.5 would round to 1000 at three digits: it belongs to the next prefix.
    while scaled.abs() >= base - 0.5 && step + 1 < prefixes.len() {
        scaled /= base;
        step += 1;
    }
    let whole = step == 0 && value.fract() == 0.0;
    (if whole { format!("{value:.0}") } else { significant(scaled) }, prefixes[step])
}

/// Three significant digits, at least those before the point.
fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if value.abs() < 5e-4 {
        return format!("{value:.2e}");
    }
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = (2 - magnitude).max(0) as usize;
    let text = format!("{value:.decimals$}");
    // 9.996 rounds to 10.00: one digit fewer.
    let digits = text.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
    if digits > 3 && decimals > 0 { format!("{value:.*}", decimals - 1) } else { text }
}

/// Reads a decimal number, such as `3.35`, `.5` or `3.35e12`; none for infinities and what is no number.
///
/// As a number of a config is read, whose reader is there anyway: that of the standard library needs ten
/// kilobytes of powers, which no packing makes smaller. It may end up two floats beside the nearest one where
/// there are more than 15 digits; but what was written as the shortest name of a float, as links do, is that float.
pub fn read(text: &str) -> Option<f64> {
    let (minus, amount) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    if !amount.starts_with(|c: char| c.is_ascii_digit() || c == '.') || amount == "." {
        return None;
    }
    // JSON has one digit before a point unless the number is larger, and one behind it.
    let digits = amount.trim_start_matches('0');
    let zero = if digits.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "0" };
    let near: f64 = serde_json::from_str(&format!("{minus}{zero}{}", digits.trim_end_matches('.'))).ok()?;
    let (less, more) = (near.next_down(), near.next_up());
    let named = |float: &f64| [format!("{float:e}"), float.to_string()].iter().any(|name| name == text);
    Some([near, less, more, less.next_down(), more.next_up()].into_iter().find(named).unwrap_or(near))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_and_links_write_them() {
        let cases = [
            ("3.35", 3.35),
            (".5", 0.5),
            ("0.5", 0.5),
            ("5.", 5.0),
            ("007", 7.0),
            ("0", 0.0),
            ("-2", -2.0),
            ("-.25", -0.25),
            ("9.895e14", 989.5e12),
            ("1E3", 1000.0),
            // Past 64 bits.
            ("340282366920938463463374607431768211456", 2f64.powi(128)),
        ];
        for (text, number) in cases {
            assert_eq!(read(text), Some(number), "{text}");
        }
        for text in
            ["", ".", "-", "e5", "+5", "inf", "NaN", "1e999", "0x10", "1,5", "1 2", "true", "\"5\"", "[5]"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        // What a link writes comes back the same.
        for number in [3.35e12, 0.1 + 0.2, 1.0 / 3.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308]
        {
            assert_eq!(read(&format!("{number:e}")), Some(number));
        }
    }

    #[test]
    fn si_and_iec_prefixes() {
        for (value, text) in [
            (0, "0 FLOP"),
            (999, "999 FLOP"),
            (1000, "1.00 kFLOP"),
            (999_499, "999 kFLOP"),
            (999_500, "1.00 MFLOP"),
            (13_246_500_000, "13.2 GFLOP"),
            (28_725_850_660_864, "28.7 TFLOP"),
        ] {
            assert_eq!(Flops(value).human(), text);
        }
        for (value, text) in [
            (0, "0 B"),
            (8194, "8.00 KiB"),
            (1023, "1023 B"),
            (1024, "1.00 KiB"),
            (1_048_575, "1.00 MiB"),
            (12_952_535_168, "12.1 GiB"),
        ] {
            assert_eq!(Bytes(value).human(), text);
        }
        assert_eq!(bandwidth(3.35e12), "3.35 TB/s");
        assert_eq!(rate(989e12), "989 TFLOP/s");
    }

    #[test]
    fn intensity_and_time() {
        assert_eq!(Intensity(0.998_12).human(), "0.998 FLOP/B");
        assert_eq!(Intensity(295.22).human(), "295 FLOP/B");
        assert_eq!(Intensity(9.996).human(), "10.0 FLOP/B");
        assert_eq!(Intensity(12_345.6).human(), "12,346 FLOP/B");
        assert_eq!(Intensity::of(Flops(1), Bytes(0)), None);
        for bits in [0, 1, 52, 53, 63, 64, 65, 127] {
            for n in [(1u128 << bits) - 1, 1 << bits, (1 << bits) + 1] {
                assert_eq!((Flops(n).float(), Bytes(n).float()), (n as f64, n as f64));
            }
        }
        assert_eq!(Seconds(0.003_911).human(), "3.91 ms");
        assert_eq!(Seconds(0.000_999_6).human(), "1.00 ms");
        assert_eq!(Seconds(4.1e-8).human(), "41.0 ns");
        assert_eq!(Seconds(0.0).human(), "0 s");
        assert_eq!(Seconds(2070.4).human(), "2,070 s");
        assert_eq!(Seconds(2_070_108_225.0).human(), "23,960 d");
        assert_eq!(percent(0.413), "41.3 %");
        assert_eq!(percent(0.000_1), "<0.1 %");
    }

    #[test]
    fn whole_numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(6_738_415_616), "6,738,415,616");
    }
}
