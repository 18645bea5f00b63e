//! Bars, drawn as SVG so that their widths are attributes and no style.

use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct BarProps {
    /// From 0 to 1.
    pub share: f64,
}

/// A thin bar behind a share; the number beside it says the same.
#[component]
pub fn Bar(props: &BarProps) -> Html {
    html! {
        <svg class="bar" aria-hidden="true" focusable="false">
            <rect class="bar-track" width="100%" height="100%" />
            <rect class="bar-fill" width={width(props.share)} height="100%" />
        </svg>
    }
}

#[derive(PartialEq, Properties)]
pub struct StackProps {
    /// The parts, each as a share of the whole width, and the name of its colour.
    pub parts: Vec<(f64, &'static str)>,
    /// Where the limit stands, as a share of the whole width.
    pub limit: f64,
    pub label: AttrValue,
}

/// Parts side by side against a limit.
#[component]
pub fn Stack(props: &StackProps) -> Html {
    let starts = props.parts.iter().scan(0.0, |at, (share, _)| {
        let start = *at;
        *at += share;
        Some(start)
    });
    html! {
        <svg class="stack" role="img" aria-label={props.label.clone()}>
            <rect class="stack-room" width={width(props.limit)} height="100%" />
            for ((share, name), start) in props.parts.iter().zip(starts) {
                <rect class={classes!("stack-part", *name)} x={width(start)} width={width(*share)} height="100%" />
            }
            if props.limit < 1.0 {
                for class in ["stack-halo", "stack-limit"] {
                    <line {class} x1={width(props.limit)} x2={width(props.limit)} y1="-25%" y2="125%" />
                }
            }
        </svg>
    }
}

fn width(share: f64) -> AttrValue {
    AttrValue::from(format!("{:.3}%", share.clamp(0.0, 1.0) * 100.0))
}
