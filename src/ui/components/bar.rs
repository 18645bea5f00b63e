//! Bars, drawn as SVG so that their widths are attributes and no style.

use crate::ui::dom::{El, el};

/// A thin bar for a share from 0 to 1; the number beside it says the same.
pub fn bar(share: f64) -> El {
    el("svg.bar")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .child(rect("rect.bar-track", 1.0))
        .child(rect("rect.bar-fill", share))
}

/// Parts side by side against a limit, all as shares of the whole width. A part has the class of its colour.
pub fn stack(parts: &[(f64, &'static str)], limit: f64, label: String) -> El {
    let mut start = 0.0;
    let parts = parts.iter().map(|&(share, tint)| {
        let part = rect(tint, share).attr("x", width(start));
        start += share;
        part
    });
    let mark = |what| {
        let x = width(limit);
        el(what).attr("x1", x.clone()).attr("x2", x).attr("y1", "-25%").attr("y2", "125%")
    };
    let marks = if limit < 1.0 { &["line.stack-halo", "line.stack-limit"][..] } else { &[] };
    el("svg.stack")
        .attr("role", "img")
        .attr("aria-label", label)
        .child(rect("rect.stack-room", limit))
        .each(parts)
        .each(marks.iter().map(|what| mark(what)))
}

fn rect(what: &'static str, share: f64) -> El {
    el(what).attr("width", width(share)).attr("height", "100%")
}

fn width(share: f64) -> String {
    format!("{:.3}%", share.clamp(0.0, 1.0) * 100.0)
}
