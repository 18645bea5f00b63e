//! Bars, drawn as SVG so that their widths are attributes and no style.

use yew::prelude::*;

/// A thin bar for a share from 0 to 1; the number beside it says the same.
pub fn bar(share: f64) -> Html {
    html! {
        <svg class="bar" aria-hidden="true" focusable="false">
            <rect class="bar-track" width="100%" height="100%" />
            <rect class="bar-fill" width={width(share)} height="100%" />
        </svg>
    }
}

/// Parts side by side against a limit, all as shares of the whole width. A part has the name of its colour.
pub fn stack(parts: &[(f64, &'static str)], limit: f64, label: String) -> Html {
    let starts = parts.iter().scan(0.0, |at, (share, _)| {
        let start = *at;
        *at += share;
        Some(start)
    });
    html! {
        <svg class="stack" role="img" aria-label={label}>
            <rect class="stack-room" width={width(limit)} height="100%" />
            for ((share, name), start) in parts.iter().zip(starts) {
                <rect class={classes!("stack-part", *name)} x={width(start)} width={width(*share)} height="100%" />
            }
            if limit < 1.0 {
                for class in ["stack-halo", "stack-limit"] {
                    <line {class} x1={width(limit)} x2={width(limit)} y1="-25%" y2="125%" />
                }
            }
        </svg>
    }
}

fn width(share: f64) -> AttrValue {
    AttrValue::from(format!("{:.3}%", share.clamp(0.0, 1.0) * 100.0))
}
