//! How the roofline is read, said of the report on show.

use crate::engine::Report;
use crate::engine::quantity::{bandwidth, percent, plain, rate};
use crate::engine::roofline::Bound;

/// What the slope, the flat line and the point where they meet stand for.
pub fn lines(report: &Report) -> Option<[String; 3]> {
    let roofline = report.roofline.as_ref()?;
    let device = &roofline.hardware_name;
    Some([
        format!(
            "The slope is the memory. {device} moves at most {}, so a layer reaches more FLOP/s the higher its intensity: the more it computes with each byte.",
            bandwidth(roofline.bandwidth_bytes_per_second)
        ),
        format!(
            "The flat line is the compute: at most {} in {}, at whatever intensity.",
            rate(roofline.peak_flops_per_second),
            roofline.compute.name()
        ),
        format!(
            "They meet at the ridge point, {}. Layers left of it wait for memory, layers right of it for compute.",
            roofline.ridge.human()
        ),
    ])
}

/// Where the step as a whole stands, and what would help it; none where no bytes are counted.
pub fn standing(report: &Report) -> Option<String> {
    let roofline = report.roofline.as_ref()?;
    let intensity = report.total.intensity?;
    let times = intensity.0 / roofline.ridge.0;
    let away = if times < 1.0 {
        format!("{} times less than at the ridge point", plain(1.0 / times))
    } else {
        format!("{} times what it does at the ridge point", plain(times))
    };
    let left = roofline.layers.iter().filter(|layer| layer.bound == Bound::Memory).count();
    let (limit, advice) = match roofline.bound {
        Bound::Memory if times < 1.0 => (
            "memory bandwidth limits it",
            "A larger batch or fewer bits a weight would help; a higher peak would not.",
        ),
        Bound::Memory => ("memory bandwidth limits it", "Fewer bytes would help; a higher peak would not."),
        Bound::Compute => {
            ("computing limits it", "Less work or a higher peak would help; more bandwidth would not.")
        }
    };
    let reached = report.total.flops.0 as f64 / roofline.seconds.0 / roofline.peak_flops_per_second;
    Some(format!(
        "This step does {} for each byte it moves, {away}: {limit}, and at best {} of the peak is reached. {left} of its {} layers are memory-bound. {advice}",
        intensity.human().trim_end_matches("/B"),
        percent(reached),
        roofline.layers.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Accounting, Hardware, Workload, analyze, catalog};

    fn report(workload: Workload, accounting: &Accounting) -> Report {
        let model = catalog::find(catalog::DEFAULT_ID).unwrap().model().unwrap();
        analyze(&model, &workload, accounting, Some(&Hardware::default())).unwrap()
    }

    #[test]
    fn a_step_is_told_where_it_stands() {
        let decode = report(Workload::default(), &Accounting::DOCUMENT);
        assert_eq!(
            standing(&decode).unwrap(),
            "This step does 0.999 FLOP for each byte it moves, 295 times less than at the ridge point: memory bandwidth \
             limits it, and at best 0.3 % of the peak is reached. 11 of its 11 layers are memory-bound. A \
             larger batch or fewer bits a weight would help; a higher peak would not."
        );
        let prefill = standing(&report(Workload::uniform(0, 2048, 8).unwrap(), &Accounting::EXACT)).unwrap();
        assert!(prefill.contains(" times what it does at the ridge point: computing limits it"), "{prefill}");
        assert!(prefill.ends_with("more bandwidth would not."), "{prefill}");
        assert_eq!(standing(&report(Workload::default(), &Accounting::TORCH)), None);
    }

    #[test]
    fn the_lines_are_named_with_the_devices_figures() {
        let lines = lines(&report(Workload::default(), &Accounting::DOCUMENT)).unwrap().join(" ");
        for figure in ["H100 80GB SXM5", "3.35 TB/s", "989 TFLOP/s in fp16", "295 FLOP/B"] {
            assert!(lines.contains(figure), "{figure} is not in {lines}");
        }
    }
}
