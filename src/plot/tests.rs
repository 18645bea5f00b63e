use super::frame::Frame;
use super::*;
use crate::engine::{Accounting, Hardware, Model, Workload, analyze, catalog};
use plotters::backend::SVGBackend;
use plotters::drawing::IntoDrawingArea;
use std::rc::Rc;

const SIZES: [(u32, u32); 4] = [(900, 520), (360, 300), (160, 120), (1, 1)];

fn report(model: &str, workload: Workload, accounting: Accounting, device: &Hardware) -> Report {
    let model = catalog::find(model).unwrap().model().unwrap();
    analyze(&model, &workload, &accounting, Some(device)).unwrap()
}

fn decode() -> (Report, Hardware) {
    let device = Hardware::default();
    (report(catalog::DEFAULT_ID, Workload::default(), Accounting::DOCUMENT, &device), device)
}

/// Draws on a canvas of a size and returns the marks.
fn marks(chart: &RooflineChart, (width, height): (u32, u32)) -> Vec<Mark> {
    let mut text = String::new();
    let backend = SVGBackend::with_string(&mut text, (width * UNITS, height * UNITS));
    let root = Logical::new(backend, width, height).into_drawing_area();
    Picture::Roofline(Rc::new(chart.clone())).draw(&root, &LIGHT).unwrap()
}

/// Every attribute of a well-formed document that should be a number is one.
fn check_svg(svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap();
    for node in document.descendants().filter(|node| node.is_element()) {
        for attribute in node.attributes() {
            let numeric = ["x", "y", "x1", "x2", "y1", "y2", "width", "height", "r", "points", "opacity"];
            if numeric.contains(&attribute.name()) {
                for number in attribute.value().split([',', ' ']).filter(|part| !part.is_empty()) {
                    let number: f64 = number.parse().unwrap();
                    assert!(number.is_finite() && number.abs() < 1e6, "{attribute:?}");
                }
            }
        }
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
}

#[test]
fn the_chart_of_a_decode_step() {
    let (report, device) = decode();
    let chart = RooflineChart::new(&report, &device, None).unwrap();
    assert_eq!(chart.title, "meta-llama/Llama-2-7b-hf on H100 80GB SXM5");
    // 11 layers and the total
    assert_eq!((chart.points.len(), chart.omitted.len()), (12, 0));
    assert!(chart.points.is_sorted_by_key(|point| point.intensity));
    let labels: Vec<String> = chart.roofs.iter().map(Roof::label).collect();
    assert_eq!(
        labels,
        ["fp32 · 67.0 TFLOP/s", "tf32 · 494 TFLOP/s", "fp16, bf16 · 989 TFLOP/s", "fp8, int8 · 1.98 PFLOP/s"]
    );
    assert_eq!(chart.roofs.iter().position(|roof| roof.used), Some(2));
    // The residual, 1 FLOP for 6 bytes, is the lowest: 0.1667 / 1.5 is 0.11, rounded down to 0.1. Six times
    // the ridge of fp8, 1979e12 / 3.35e12 = 591, is 3544, rounded up to 5000.
    assert_eq!((chart.x.low, chart.x.high), (0.1, 5000.0));
}

#[test]
fn roofs_have_exact_corners() {
    let (report, device) = decode();
    let chart = RooflineChart::new(&report, &device, None).unwrap();
    // The slope leaves the left edge at 3.35e12 · 0.1, meets 989e12 at 295.2 and runs on to the right edge.
    let line = chart.roof_line(&chart.roofs[2]);
    for (corner, (x, y)) in line.iter().zip([(0.1, 3.35e11), (989e12 / 3.35e12, 989e12), (5000.0, 989e12)]) {
        assert!((corner.0 / x - 1.0).abs() < 1e-4 && (corner.1 / y - 1.0).abs() < 1e-4, "{corner:?}");
    }
    // On 900 × 520: x from 74 to 882, y from 470 to 12.
    let frame = Frame::new((900.0, 520.0), &chart);
    let [start, knee, end] = line.map(|corner| frame.at(corner));
    assert_eq!((start.0, end.0), (74.0, 882.0));
    assert_eq!(knee.1, end.1);
    // log(295.2 / 0.1) / log(5000 / 0.1) = 3.4701 / 4.6990 of 808 pixels
    assert!((knee.0 - (74.0 + 808.0 * 3.4701 / 4.6990)).abs() < 0.1, "{knee:?}");
}

#[test]
fn marks_are_inside_in_order_and_on_the_roof() {
    let (report, device) = decode();
    for selected in [None, Some(3), Some(99)] {
        let chart = RooflineChart::new(&report, &device, selected).unwrap();
        for size in &SIZES[..3] {
            let marks = marks(&chart, *size);
            assert_eq!(marks.len(), 12);
            for mark in &marks {
                assert!((0.0..=f64::from(size.0)).contains(&mark.x), "{mark:?}");
                assert!((0.0..=f64::from(size.1)).contains(&mark.y), "{mark:?}");
                assert!(mark.radius >= 3.0 && mark.radius < 60.0, "{mark:?}");
                assert!(under(&marks, mark.x, mark.y).contains(&mark));
            }
            for point in &chart.points {
                let roof = (chart.bandwidth * point.intensity).min(chart.ridge.1);
                // The time of a sum of memory-bound layers is that of their sum.
                assert!((point.attainable / roof - 1.0).abs() < 1e-9, "{point:?}");
            }
            let x = |row| marks.iter().find(|mark| mark.row == row).unwrap().x;
            let by_intensity: Vec<f64> = chart.points.iter().map(|point| x(point.row)).collect();
            assert!(by_intensity.is_sorted());
            // Of a pile, each kind can be told from those in front of it, and layers of one kind are one mark.
            let kind = |mark: &Mark| chart.points.iter().find(|point| point.row == mark.row).unwrap().kind;
            for (i, mark) in marks.iter().enumerate() {
                for other in &marks[i + 1..] {
                    let apart = (mark.x - other.x).hypot(mark.y - other.y);
                    let (larger, alike) = (mark.radius - other.radius, kind(mark) == kind(other));
                    assert!(apart > 2.0 || larger >= if alike { 0.0 } else { 2.0 }, "{mark:?} {other:?}");
                    assert!(apart > 0.1 || !alike || larger == 0.0, "{mark:?} {other:?}");
                }
            }
            // However many layers there are, the marks stay marks.
            assert!(marks.iter().all(|mark| mark.radius < 27.0), "{marks:?}");
        }
    }
}

#[test]
fn documents_are_well_formed() {
    let (report, device) = decode();
    for theme in [LIGHT, DARK] {
        for size in SIZES {
            check_svg(&roofline_svg(&report, &device, &theme, size));
        }
    }
    let svg = roofline_svg(&report, &device, &LIGHT, (900, 520));
    let document = roxmltree::Document::parse(&svg).unwrap();
    let root = document.root_element();
    assert_eq!((root.attribute("width"), root.attribute("viewBox")), (Some("900"), Some("0 0 7200 4160")));
    let text = |name: &str| {
        let node = root.children().find(|node| node.has_tag_name(("http://www.w3.org/2000/svg", name)));
        node.and_then(|node| node.text().map(str::to_owned)).unwrap()
    };
    assert_eq!(text("title"), "Roofline of meta-llama/Llama-2-7b-hf on H100 80GB SXM5");
    assert_eq!(text("desc"), conclusion(&report));
    for words in ["Operational intensity (FLOP/B)", "Attainable (FLOP/s)", "memory · 3.35 TB/s", "1 P"] {
        assert!(svg.contains(words), "{words}");
    }
}

#[test]
fn conclusions() {
    let device = Hardware::default();
    let say = |cached, input, batch, accounting| {
        let workload = Workload::new(cached, input, Some(batch)).unwrap();
        conclusion(&report("meta-llama/Llama-3.1-8B", workload, accounting, &device))
    };
    for (said, begin, end) in [
        (
            say(&[1024], &[1], 8, Accounting::EXACT),
            "decode, batch 8: 14 of 14 layers are memory-bound",
            "295 FLOP/B",
        ),
        (
            say(&[0], &[4096], 1, Accounting::EXACT),
            "prefill, batch 1: 9 of 14 layers",
            "ridge point 295 FLOP/B",
        ),
        (say(&[0, 9], &[1, 1], 2, Accounting::EXACT), "mixed step, batch 2", "FLOP/B"),
        (say(&[9], &[1], 1, Accounting::TORCH), "decode, batch 1: no traffic is counted", "is known"),
    ] {
        assert!(said.starts_with(begin) && said.ends_with(end), "{said}");
    }
    let model = catalog::find(catalog::DEFAULT_ID).unwrap().model().unwrap();
    let bare = analyze(&model, &Workload::default(), &Accounting::default(), None).unwrap();
    assert_eq!(conclusion(&bare), "decode, batch 1: no device to compare with");
    assert_eq!(RooflineChart::new(&bare, &device, None), None);
    check_svg(&roofline_svg(&bare, &device, &LIGHT, (900, 520)));
}

/// A one-layer-wide model on devices and batches far from any real one.
#[test]
fn the_extreme_and_the_empty_are_drawn() {
    let small = r#"{"model_type": "llama", "hidden_size": 2, "intermediate_size": 1, "num_hidden_layers": 1,
        "num_attention_heads": 1, "vocab_size": 1, "torch_dtype": "float16"}"#;
    let model = Model::from_json(small).unwrap();
    let devices = [
        Hardware::default(),
        Hardware::custom("slow <&> \"quoted\"", 1.0, 1e21, 1.0).unwrap(),
        Hardware::custom("narrow", 1e24, 1.0, 1e18).unwrap(),
        Hardware { peaks: std::borrow::Cow::Borrowed(&[]), ..Hardware::default() },
    ];
    for device in &devices[..3] {
        for accounting in Accounting::NAMED.map(|row| row.1) {
            for (cached, input) in [(0, 1), (1 << 40, 1), (0, 1 << 30)] {
                let workload = Workload::uniform(cached, input, 1).unwrap();
                let report = analyze(&model, &workload, &accounting, Some(device)).unwrap();
                for shown in &devices {
                    let chart = RooflineChart::new(&report, shown, Some(0)).unwrap();
                    let drawn = marks(&chart, (360, 300));
                    assert_eq!(
                        drawn.len() + chart.omitted.len(),
                        report.layers.len() + usize::from(accounting.traffic)
                    );
                    assert!(drawn.iter().all(|mark| mark.x.is_finite() && mark.y.is_finite()));
                    for size in SIZES {
                        check_svg(&roofline_svg(&report, shown, &DARK, size));
                    }
                }
            }
        }
    }
}

#[test]
fn intensities_from_a_millionth_to_a_million_fit() {
    let (mut report, device) = decode();
    for (i, row) in report.layers.iter_mut().enumerate() {
        row.intensity = match i {
            0 => Some(crate::engine::Intensity(1e-6)),
            1 => Some(crate::engine::Intensity(1e6)),
            2 => Some(crate::engine::Intensity(f64::INFINITY)),
            3 => Some(crate::engine::Intensity(0.0)),
            4 => None,
            _ => Some(crate::engine::Intensity(50.0)),
        };
    }
    let chart = RooflineChart::new(&report, &device, None).unwrap();
    assert_eq!(chart.omitted, [2, 3, 4]);
    assert!(chart.x.low <= 1e-6 && chart.x.high >= 1e6);
    for size in SIZES {
        // 8 layers and the total
        assert_eq!(marks(&chart, size).len(), 9);
        check_svg(&roofline_svg(&report, &device, &LIGHT, size));
    }
}

/// The default model on a device, computed in fp8 or not.
fn on(device: &str, workload: Workload, fp8: bool) -> RooflineChart {
    let device = Hardware::find(device).unwrap();
    let mut model = catalog::find(catalog::DEFAULT_ID).unwrap().model().unwrap();
    if fp8 {
        let words = [Some("fp8"), Some("fp8"), None].map(|word| word.map(str::to_owned));
        let [weights, activations, kv_cache] = words;
        let words = crate::engine::precision::Words { weights, activations, kv_cache };
        model = model.with(&words.read().unwrap());
    }
    let report = analyze(&model, &workload, &Accounting::DOCUMENT, Some(&device)).unwrap();
    RooflineChart::new(&report, &device, None).unwrap()
}

/// H100, H200 and fp8 products on one chart: three roofs of which two are equally high.
fn several() -> RooflineChart {
    let prefill = Workload::uniform(0, 4096, 1).unwrap();
    on("h100", Workload::default(), false).with(vec![
        Some(on("h200", Workload::default(), false)),
        None,
        Some(on("h200", prefill, true)),
    ])
}

#[test]
fn roofs_of_scenarios_have_their_names_in_order_and_apart() {
    let step = Workload::default;
    for (beside, names) in [
        (["b200-180gb-sxm", "rtx-4090-24gb"], &["2.25 PFLOP/s", "989 TFLOP/s", "165 TFLOP/s"][..]),
        // The second is as high as the first, and the third too close for a name of its own.
        (["h200-141gb-sxm", "h100-80gb-pcie"], &["989 TFLOP/s"]),
        (["fp8", "a100-80gb-sxm"], &["1.98 PFLOP/s", "989 TFLOP/s", "312 TFLOP/s"]),
    ] {
        let chart =
            |name: &str| Some(if name == "fp8" { on("h100", step(), true) } else { on(name, step(), false) });
        let picture = on("h100", step(), false).with(beside.iter().map(|name| chart(name)).collect());
        let picture = Picture::Roofline(Rc::new(picture));
        for size in [(990, 480), (343, 336), (290, 300)] {
            let svg = inline_svg(&picture, "", size);
            let document = roxmltree::Document::parse(&svg).unwrap();
            let mut found: Vec<(f64, &str)> = document
                .descendants()
                .filter_map(|node| Some((node.attribute("y")?.parse().unwrap(), node.text()?.trim())))
                .filter(|(_, text)| text.ends_with("FLOP/s"))
                .collect();
            found.sort_by(|a, b| a.0.total_cmp(&b.0));
            let texts: Vec<_> = found.iter().map(|(_, text)| text.rsplit(" · ").next().unwrap()).collect();
            assert_eq!(texts, names, "{size:?}");
            let apart = |pair: &[(f64, &str)]| pair[1].0 - pair[0].0 > 10.0 * f64::from(UNITS);
            assert!(found.windows(2).all(apart), "{size:?}: {found:?}");
        }
    }
}

#[test]
fn scenarios_share_the_axes_and_keep_their_marks() {
    let chart = several();
    for (one, letter) in chart.scenarios().zip(['A', 'B', 'D']) {
        assert_eq!((one.x, one.y), (chart.x, chart.y));
        for point in &one.points {
            let (x, y) = (point.intensity, point.attainable);
            assert!(x >= chart.x.low && x <= chart.x.high && y >= chart.y.low && y <= chart.y.high);
        }
        assert!(chart.conclusion.contains(&format!("{letter}: ")), "{}", chart.conclusion);
    }
    for size in SIZES {
        let marks = marks(&chart, size);
        for one in chart.scenarios() {
            let own = marks.iter().filter(|mark| mark.scenario == one.place);
            assert_eq!(own.clone().count(), one.points.len());
            assert_eq!(own.filter(|mark| mark.row.is_none()).count(), 1);
        }
        assert!(marks.iter().all(|mark| mark.x.is_finite() && mark.y.is_finite() && mark.radius >= 3.0));
    }
    // The same layer stands higher where memory is faster.
    let marks = marks(&chart, (900, 520));
    let y = |scenario| marks.iter().find(|mark| mark.scenario == scenario && mark.row == Some(0)).unwrap().y;
    assert!(y(1) < y(0));
}

#[test]
fn a_picture_of_scenarios_says_in_letters_which_is_which() {
    let mut chart = several();
    chart.beside[1].title = "Prefill <fp8>".to_owned();
    let svg = picture_svg(&Picture::Roofline(Rc::new(chart.clone())), &LIGHT, (960, 600));
    check_svg(&svg);
    let document = roxmltree::Document::parse(&svg).unwrap();
    let texts: Vec<&str> = document
        .descendants()
        .filter(|n| n.has_tag_name("text"))
        .map(|n| n.text().unwrap_or("").trim())
        .collect();
    assert!(svg.contains("<title id=\"title\">Roofline of 3 scenarios</title>"));
    for said in ["meta-llama/Llama-2-7b-hf on H100 80GB SXM5", "Prefill <fp8>", "3 scenarios"] {
        assert!(texts.contains(&said), "{said}: {texts:?}");
    }
    // In the legend, at the roof, at the total and in the layers' marks.
    for letter in ["A", "B", "D"] {
        assert!(texts.iter().filter(|text| **text == letter).count() >= 4, "{letter}: {texts:?}");
    }
    check_svg(&picture_svg(&Picture::Roofline(Rc::new(several())), &DARK, (160, 120)));
}
