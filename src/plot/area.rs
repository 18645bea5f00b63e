//! The rectangle that a chart of a given size is drawn in, and what fits around it.

use super::axis::{Axis, tick_label};
use super::pen::{At, Pen};
use super::theme::Theme;

/// The plot's rectangle, in CSS pixels.
#[derive(Clone, Copy)]
pub struct Area {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    /// Text size.
    pub text: f64,
    /// Everything fits.
    pub roomy: bool,
    /// Nothing but ticks fits.
    pub tiny: bool,
}

impl Area {
    pub fn new((width, height): (f64, f64)) -> Self {
        let tiny = width < 260.0 || height < 170.0;
        let roomy = width >= 560.0 && height >= 320.0;
        let text = if roomy { 12.0 } else { 10.5 };
        let (left, right, top, bottom) = match (tiny, roomy) {
            (true, _) => (38.0, 10.0, 8.0, 20.0),
            (_, false) => (62.0, 14.0, 10.0, 42.0),
            (_, true) => (74.0, 18.0, 12.0, 50.0),
        };
        Area {
            left,
            right: (width - right).max(left + 1.0),
            top,
            bottom: (height - bottom).max(top + 1.0),
            text,
            roomy,
            tiny,
        }
    }

    /// Where a value is across.
    pub fn x(&self, axis: &Axis, value: f64) -> f64 {
        self.left + (self.right - self.left) * axis.place(value)
    }

    /// Where a value is upwards.
    pub fn y(&self, axis: &Axis, value: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * axis.place(value)
    }

    /// How many ticks have room across.
    pub fn ticks_across(&self) -> usize {
        ((self.right - self.left) / (self.text * 4.0)) as usize
    }

    /// A line of the grid across, and its name.
    pub fn across(&self, pen: &mut Pen, x: f64, name: &str, theme: &Theme) {
        pen.line(&[(x, self.top), (x, self.bottom)], 1.0, theme.grid);
        pen.text(name, At::center(x, self.bottom + self.text), self.text, theme.muted)
    }

    /// The lines of the grid upwards and their labels, and the titles of both axes.
    pub fn upwards(&self, pen: &mut Pen, y: &Axis, (across, upwards): (&str, &str), theme: &Theme) {
        let Area { left, right, top, bottom, text, .. } = *self;
        for tick in y.ticks(((bottom - top) / (text * 2.5)) as usize) {
            let y = self.y(y, tick);
            pen.line(&[(left, y), (right, y)], 1.0, theme.grid);
            pen.text(&tick_label(tick), At::right(left - 6.0, y), text, theme.muted);
        }
        if self.tiny {
            return;
        }
        let (middle, below) = ((left + right) / 2.0, bottom + text * 2.9);
        pen.text(across, At::center(middle, below), text, theme.ink);
        pen.text(upwards, At::center(text, (top + bottom) / 2.0).upwards(), text, theme.ink)
    }
}
