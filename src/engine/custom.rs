//! Devices in a user's own figures, and the text that carries one in a link or on a command line.
//!
//! `989e12,3.35e12,85899345920,fp8:1979e12,link:450e9x8,My board` is the FLOP/s of bf16 products, the bytes
//! per second and the bytes of the memory, then what else is known, then the name:
//!
//! | part            | value                                                                        |
//! |-----------------|------------------------------------------------------------------------------|
//! | `fp8:`          | FLOP/s of products in that type; likewise `int8:` and `fp4:`                 |
//! | `link:RATExN`   | bytes per second of one direction to the other devices of a node, N with it  |
//! | `name:`         | the name, where it would read as one of these parts                          |

use super::error::Error;
use super::hardware::{CUSTOM_ID, Compute, Hardware, Interconnect};
use super::quantity;
use std::borrow::Cow;

/// Types besides bf16 whose peak a user can give. Others fall back on one of these.
pub const OTHER_TYPES: [Compute; 3] = [Compute::Fp8, Compute::Int8, Compute::Fp4];

/// The most devices that a node of a described device may have.
const MAX_NODE: u32 = 1 << 20;

impl Hardware {
    /// A device that the user describes: FLOP/s of bf16 products, bytes per second, bytes.
    ///
    /// # Errors
    /// When a figure is not finite and above zero, or beyond anything physical.
    pub fn custom(name: &str, peak: f64, bandwidth: f64, memory_bytes: f64) -> Result<Self, Error> {
        let peak = checked("the peak in FLOP/s", peak, 1e24)?;
        let bandwidth = checked("the bandwidth in bytes per second", bandwidth, 1e21)?;
        let memory_bytes = checked("the memory in bytes", memory_bytes, 1e18)? as u64;
        let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
        let name = if name.trim().is_empty() { "Custom device".to_owned() } else { name };
        Ok(Hardware {
            id: Cow::Borrowed(CUSTOM_ID),
            name: Cow::Owned(name),
            vendor: Cow::Borrowed("Custom"),
            peaks: Cow::Owned(vec![(Compute::Bf16, peak)]),
            measured: &[],
            memory_bytes,
            bandwidth,
            interconnect: None,
            source: Cow::Borrowed("as you typed it"),
        })
    }

    /// The same device with one more type that it multiplies in, FLOP/s.
    ///
    /// # Errors
    /// As [`Hardware::custom`].
    pub fn with_peak(mut self, compute: Compute, peak: f64) -> Result<Self, Error> {
        let peak = checked(&format!("the {} peak in FLOP/s", compute.name()), peak, 1e24)?;
        let peaks = self.peaks.to_mut();
        peaks.retain(|row| row.0 != compute);
        peaks.push((compute, peak));
        Ok(self)
    }

    /// The same device with its links: bytes per second of one direction, and how many devices of a node
    /// reach each other by them.
    ///
    /// # Errors
    /// As [`Hardware::custom`], and when a node has no device or too many.
    pub fn with_link(mut self, bytes_per_second: f64, node: u32) -> Result<Self, Error> {
        let bytes_per_second = checked("the link in bytes per second", bytes_per_second, 1e21)?;
        if !(1..=MAX_NODE).contains(&node) {
            return Err(Error::Hardware { reason: format!("a node has 1 to {MAX_NODE} devices") });
        }
        self.interconnect = Some(Interconnect { name: "its links", bytes_per_second, domain: node });
        Ok(self)
    }

    /// The device that a text names: an id, a short form of one, or `custom:` and a [description](self).
    ///
    /// # Errors
    /// When there is no such device, and as [`Hardware::described`].
    pub fn named(text: &str) -> Result<Self, Error> {
        match text.strip_prefix(CUSTOM_ID).and_then(|rest| rest.strip_prefix(':')) {
            Some(description) => Self::described(description),
            None => Self::find(text).ok_or_else(|| Error::Hardware {
                reason: format!("there is no device “{}”", shown(text)),
            }),
        }
    }

    /// The device of a [description](self).
    ///
    /// # Errors
    /// When a figure is missing or no number, and as [`Hardware::custom`].
    pub fn described(text: &str) -> Result<Self, Error> {
        let mut rest = text;
        let mut next = |what: &str| {
            let (figure, after) = rest.split_once(',').unwrap_or((rest, ""));
            rest = after;
            number(what, figure)
        };
        let (peak, bandwidth, memory) = (next("the peak")?, next("the bandwidth")?, next("the memory")?);
        let mut parts = Vec::new();
        while let Some((tag, after)) = rest.split_once(':').filter(|(tag, _)| is_tag(tag)) {
            let (value, after) = after.split_once(',').unwrap_or((after, ""));
            parts.push((tag, value));
            rest = after;
        }
        let name = rest.strip_prefix("name:").unwrap_or(rest);
        let mut device = Self::custom(name, peak, bandwidth, memory)?;
        for (tag, value) in parts {
            device = match other_type(tag) {
                Some(compute) => device.with_peak(compute, number(tag, value)?)?,
                None => {
                    let (rate, node) = value.split_once('x').unwrap_or((value, "8"));
                    let node = node.parse().unwrap_or(0);
                    device.with_link(number("the link", rate)?, node)?
                }
            };
        }
        Ok(device)
    }

    /// What [`Hardware::described`] reads back as this device, if it is one of a user's own.
    pub fn description(&self) -> String {
        let mut text =
            format!("{:e},{:e},{:e}", self.peak_for(Compute::Bf16).1, self.bandwidth, self.memory_bytes);
        for (compute, peak) in self.peaks.iter().filter(|row| OTHER_TYPES.contains(&row.0)) {
            text += &format!(",{}:{peak:e}", compute.name());
        }
        if let Some(link) = self.interconnect {
            text += &format!(",link:{:e}x{}", link.bytes_per_second, link.domain);
        }
        let ambiguous = self.name.split_once(':').is_some_and(|(tag, _)| tag == "name" || is_tag(tag));
        text + if ambiguous { ",name:" } else { "," } + &self.name
    }
}

fn is_tag(tag: &str) -> bool {
    tag == "link" || other_type(tag).is_some()
}

fn other_type(name: &str) -> Option<Compute> {
    OTHER_TYPES.into_iter().find(|compute| compute.name() == name)
}

fn number(what: &str, text: &str) -> Result<f64, Error> {
    quantity::read(text)
        .ok_or_else(|| Error::Hardware { reason: format!("{what}, “{}”, is no number", shown(text)) })
}

/// The beginning of a text, for a message.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

fn checked(what: &str, value: f64, most: f64) -> Result<f64, Error> {
    if value.is_finite() && value >= 1.0 && value <= most {
        Ok(value)
    } else {
        Err(Error::Hardware { reason: format!("{what} must be a number of at least 1 and at most {most:e}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_checked() {
        for (peak, bandwidth, memory, needle) in [
            (0.0, 1e12, 1e10, "peak"),
            (f64::NAN, 1e12, 1e10, "peak"),
            (1e12, -1.0, 1e10, "bandwidth"),
            (1e12, f64::INFINITY, 1e10, "bandwidth"),
            (1e12, 1e12, 1e30, "memory"),
        ] {
            let said = Hardware::custom("x", peak, bandwidth, memory).unwrap_err().to_string();
            assert!(said.contains(needle), "{said}");
        }
        assert_eq!(Hardware::custom(" \u{7}", 1e12, 1e11, 1e10).unwrap().name, "Custom device");
        let device = || Hardware::custom("x", 1e12, 1e11, 1e10).unwrap();
        assert!(device().with_peak(Compute::Fp8, 0.0).unwrap_err().to_string().contains("fp8 peak"));
        assert!(device().with_link(f64::NAN, 8).unwrap_err().to_string().contains("link"));
        for node in [0, MAX_NODE + 1] {
            assert!(device().with_link(1e9, node).unwrap_err().to_string().contains("a node has"));
        }
    }

    #[test]
    fn a_description_reads_back() {
        let plain = Hardware::custom("My board, rev 2", 1e15, 4.5e12, 96e9).unwrap();
        let fast = plain.clone().with_peak(Compute::Fp8, 2e15).unwrap().with_peak(Compute::Int8, 2.1e15);
        let linked = fast.clone().unwrap().with_link(450e9, 8).unwrap();
        let mut odd = linked.clone();
        for (device, text) in [
            (plain, "1e15,4.5e12,9.6e10,My board, rev 2"),
            (fast.unwrap(), "1e15,4.5e12,9.6e10,fp8:2e15,int8:2.1e15,My board, rev 2"),
            (linked, "1e15,4.5e12,9.6e10,fp8:2e15,int8:2.1e15,link:4.5e11x8,My board, rev 2"),
        ] {
            assert_eq!(device.description(), text);
            assert_eq!(Hardware::described(text), Ok(device));
        }
        // Names that look like a part.
        for name in ["fp8:1", "link:", "name:x", "name: fp8:", "a:b"] {
            odd.name = name.into();
            assert_eq!(Hardware::described(&odd.description()), Ok(odd.clone()), "{name}");
        }
        // A link without its node is one of eight; a type given twice counts as given last.
        let short = Hardware::described("1e15,1e12,1e11,link:1e9,fp8:1e15,fp8:2e15").unwrap();
        assert_eq!((short.name.as_ref(), short.interconnect.unwrap().domain), ("Custom device", 8));
        assert_eq!(short.peaks.as_ref(), [(Compute::Bf16, 1e15), (Compute::Fp8, 2e15)]);
    }

    #[test]
    fn a_device_is_named_or_described() {
        assert_eq!(Hardware::named("h100"), Ok(Hardware::default()));
        let own = Hardware::custom("x", 1e12, 1e11, 1e10).unwrap();
        assert_eq!(Hardware::named("custom:1e12,1e11,1e10,x"), Ok(own));
        assert!(Hardware::named("abacus").unwrap_err().to_string().contains("“abacus”"));
        assert!(Hardware::named("custom").is_err());
    }

    #[test]
    fn a_broken_description_is_refused_by_its_part() {
        for (text, needle) in [
            ("", "the peak, “”, is no number"),
            ("1e15", "the bandwidth, “”, is no number"),
            ("1e15,fast", "the bandwidth, “fast”"),
            ("1e15,1e12,", "the memory, “”"),
            ("1e15,1e12,1e11,fp8:much", "fp8, “much”"),
            ("1e15,1e12,1e11,link:wide", "the link, “wide”"),
            ("1e15,1e12,1e11,link:1e9x", "a node has"),
            ("1e15,1e12,1e11,link:1e9x9999999999", "a node has"),
        ] {
            let said = Hardware::described(text).unwrap_err().to_string();
            assert!(said.contains(needle), "{text}: {said}");
        }
    }
}
