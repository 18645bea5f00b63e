//! Colours: one palette for light paper and one for dark, and a colour and a shape for each kind of layer.

use super::shape::Shape;
use crate::engine::model::Kind;
use plotters::style::RGBColor;

/// What a chart is painted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    pub background: RGBColor,
    /// Text and the roof in use.
    pub ink: RGBColor,
    /// Axis labels, other roofs and their labels.
    pub muted: RGBColor,
    /// Lines that should hardly be seen.
    pub grid: RGBColor,
    /// What is selected.
    pub accent: RGBColor,
    /// What a mark's outline is mixed with, so that it stands out from the background.
    outline: RGBColor,
}

/// Dark on light, as printed.
pub const LIGHT: Theme = Theme {
    background: RGBColor(255, 255, 255),
    ink: RGBColor(0x1b, 0x1f, 0x24),
    muted: RGBColor(0x59, 0x63, 0x6e),
    grid: RGBColor(0xe7, 0xea, 0xee),
    accent: RGBColor(0xb0, 0x2a, 0x6b),
    outline: RGBColor(0, 0, 0),
};

/// Light on dark.
pub const DARK: Theme = Theme {
    background: RGBColor(0x12, 0x16, 0x1b),
    ink: RGBColor(0xe8, 0xec, 0xf1),
    muted: RGBColor(0x9a, 0xa5, 0xb1),
    grid: RGBColor(0x26, 0x2d, 0x36),
    accent: RGBColor(0xff, 0x8c, 0xc6),
    outline: RGBColor(255, 255, 255),
};

/// One line of the legend, which the page draws in HTML.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LegendEntry {
    /// None for the total.
    pub kind: Option<Kind>,
    pub label: &'static str,
    pub shape: Shape,
    pub fill: RGBColor,
    pub outline: RGBColor,
}

/// The marks' meaning, the total last.
pub fn legend(theme: &Theme) -> impl Iterator<Item = LegendEntry> + '_ {
    let total = LegendEntry {
        kind: None,
        label: "Total",
        shape: Shape::of(None),
        fill: theme.fill(None),
        outline: theme.outline(None),
    };
    let kinds = Kind::ALL.into_iter().map(|kind| LegendEntry {
        kind: Some(kind),
        label: kind.words(),
        shape: Shape::of(Some(kind)),
        fill: theme.fill(Some(kind)),
        outline: theme.outline(Some(kind)),
    });
    kinds.chain([total])
}

/// `#0072b2`, for CSS and SVG.
pub fn hex(color: RGBColor) -> String {
    format!("#{:02x}{:02x}{:02x}", color.0, color.1, color.2)
}

/// Kinds in the order that their colours tell other things apart in.
const TONES: [Kind; 7] =
    [Kind::Gemm, Kind::Attention, Kind::Norm, Kind::Residual, Kind::Activation, Kind::Rope, Kind::Ends];

impl Theme {
    /// The inside of a mark: a colour of the palette of Okabe and Ito, which colour-blind eyes tell apart.
    pub fn fill(&self, kind: Option<Kind>) -> RGBColor {
        match kind {
            Some(Kind::Norm) => RGBColor(0x00, 0x9e, 0x73),
            Some(Kind::Gemm) => RGBColor(0x00, 0x72, 0xb2),
            Some(Kind::Rope) => RGBColor(0x56, 0xb4, 0xe9),
            Some(Kind::Attention) => RGBColor(0xd5, 0x5e, 0x00),
            Some(Kind::Activation) => RGBColor(0xe6, 0x9f, 0x00),
            Some(Kind::Residual) => RGBColor(0xcc, 0x79, 0xa7),
            Some(Kind::Ends) => RGBColor(0xf0, 0xe4, 0x42),
            None => self.ink,
        }
    }

    /// The colour and the shape of one of several lines.
    pub fn series(&self, number: usize) -> (RGBColor, Shape) {
        let kind = number % TONES.len();
        (self.tone(kind + 1), Shape::of(Some(TONES[kind])))
    }

    /// What one scenario among several is drawn in: the text's colour for the page's own, then colours of the
    /// palette that stand out from the background.
    pub fn tone(&self, scenario: usize) -> RGBColor {
        match scenario.checked_sub(1) {
            None => self.ink,
            Some(at) => {
                TONES.get(at).map_or(self.muted, |kind| mix(self.fill(Some(*kind)), self.outline, 0.35))
            }
        }
    }

    /// A tone so faint that text can be read on it.
    pub fn wash(&self, tone: RGBColor) -> RGBColor {
        mix(self.background, tone, 0.12)
    }

    /// The edge of a mark, which carries its contrast with the background.
    pub fn outline(&self, kind: Option<Kind>) -> RGBColor {
        match kind {
            Some(_) => mix(self.fill(kind), self.outline, 0.45),
            None => self.ink,
        }
    }
}

/// `part` of `b` in `a`.
fn mix(a: RGBColor, b: RGBColor, part: f64) -> RGBColor {
    let channel = |a: u8, b: u8| (f64::from(a) * (1.0 - part) + f64::from(b) * part).round() as u8;
    RGBColor(channel(a.0, b.0), channel(a.1, b.1), channel(a.2, b.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as WCAG 2 defines it.
    fn luminance(color: RGBColor) -> f64 {
        let linear = |channel: u8| match f64::from(channel) / 255.0 {
            c if c <= 0.03928 => c / 12.92,
            c => ((c + 0.055) / 1.055).powf(2.4),
        };
        0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
    }

    fn contrast(a: RGBColor, b: RGBColor) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn contrast_suffices() {
        // Black on white is 21:1 by definition.
        assert_eq!(contrast(RGBColor(0, 0, 0), RGBColor(255, 255, 255)), 21.0);
        for theme in [LIGHT, DARK] {
            for text in [theme.ink, theme.muted, theme.accent] {
                assert!(contrast(text, theme.background) >= 4.5, "{text:?}");
            }
            for entry in legend(&theme) {
                assert!(contrast(entry.outline, theme.background) >= 3.0, "{entry:?}");
            }
            for scenario in 0..9 {
                let tone = theme.tone(scenario);
                assert!(contrast(tone, theme.background) >= 3.0, "{scenario} {tone:?}");
                assert!(contrast(theme.ink, theme.wash(tone)) >= 4.5, "{scenario} {tone:?}");
                assert!((0..scenario).all(|other| theme.tone(other) != tone), "{scenario}");
            }
        }
    }

    #[test]
    fn kinds_differ_in_shape_and_colour() {
        let entries: Vec<_> = legend(&LIGHT).collect();
        assert_eq!(entries.len(), Kind::ALL.len() + 1);
        for (i, a) in entries.iter().enumerate() {
            for b in &entries[i + 1..] {
                assert!(a.shape != b.shape && a.fill != b.fill, "{a:?} {b:?}");
            }
        }
        assert_eq!(hex(RGBColor(0, 0x72, 0xb2)), "#0072b2");
    }
}
