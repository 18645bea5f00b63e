//! `docs/measured.md` sets what was measured on real devices against what the engine says of the same work.

use roofline::engine::hardware::{Compute, Hardware};
use roofline::engine::quantity::{bandwidth, percent, plain, rate};
use roofline::engine::serving::{Ceiling, Deployment, Limit, Parallel, Serving, plan};
use roofline::engine::{Model, Seconds, Workload, catalog};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What `docs/measured/measure.py` writes.
#[derive(Deserialize)]
struct Measured {
    date: String,
    device: String,
    torch: String,
    ceilings: Ceilings,
    runs: Vec<Run>,
    products: Products,
}

#[derive(Deserialize)]
struct Ceilings {
    flops_per_second: f64,
    bytes_per_second: f64,
}

#[derive(Deserialize)]
struct Run {
    model: String,
    cached: u64,
    input: u64,
    batch: u64,
    layers: BTreeMap<String, Timed>,
    step: Option<Timed>,
}

#[derive(Deserialize)]
struct Timed {
    seconds: f64,
    how: Option<String>,
}

/// One matrix product for ever more tokens.
#[derive(Deserialize)]
struct Products {
    model: String,
    layer: String,
    timed: Vec<Product>,
}

#[derive(Deserialize)]
struct Product {
    tokens: u64,
    seconds: f64,
}

const INTRODUCTION: &str = "# Measured against predicted

The bounds of this tool say how fast work can be at best. This page sets them against PyTorch on real devices:
each layer of a model alone, with its operands in memory and not in a cache, and where the model fits the whole
step, all blocks with weights and caches of their own. A layer's time is the median of 15 rounds, launched as one CUDA
graph, by the fastest of the ways that PyTorch has; *by* says which (`compiled` is torch.compile, `cudnn` and
`flash` are the backends of its attention).

*Bound* is what the page shows at the vendor's peak, *achievable* the same at the rates that the Serving section
takes as reachable. The last column is measured over bound: never below 1, or the bound would be wrong. Layers
of a few microseconds are launches, not work; a step has them all the same, which is most of what a small batch
loses.

To measure again, on a machine with PyTorch and a CUDA device:

```
transformer-roofline-analyzer meta-llama/Llama-3.1-8B --accounting exact --format json \\
  --cached-tokens 4095 --input-tokens 1 --batch-size 16 > report.json
python3 docs/measured/measure.py report.json > docs/measured/DEVICE.json
```

The figures are in [measured/](measured/), a file for each device by its id; this page is printed from them and from the
engine (`UPDATE=1 cargo test --test measured`).
";

/// The devices there are figures for, by the name of their file.
fn measured() -> Vec<(Hardware, Measured)> {
    let mut all: Vec<(Hardware, Measured)> = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/measured")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let id = path.file_stem().unwrap().to_str().unwrap();
            let hardware = Hardware::find(id).unwrap_or_else(|| panic!("{id} is no device"));
            let text = std::fs::read_to_string(&path).unwrap();
            all.push((hardware, serde_json::from_str(&text).unwrap()));
        }
    }
    all.sort_by(|one, other| one.0.id.cmp(&other.0.id));
    assert!(!all.is_empty());
    all
}

fn model(id: &str) -> Model {
    catalog::find(id).unwrap_or_else(|| panic!("{id} is built in")).model().unwrap()
}

/// The layers as kernels of their own, as they were measured.
fn deployment(hardware: &Hardware, ceiling: Ceiling) -> Deployment {
    let serving = Serving { parallel: Parallel::default(), ceiling, fused: false, ..Serving::default() };
    Deployment { hardware: hardware.clone(), serving }
}

fn run_words(run: &Run) -> String {
    let what = if run.input == 1 {
        format!("decode, {} queries of {} tokens", run.batch, run.cached + run.input)
    } else {
        format!("prefill, {} × {} tokens", run.batch, run.input)
    };
    let name = run.model.rsplit('/').next().unwrap();
    format!("{name}, {}", what.replace("1 queries", "1 query"))
}

fn ratio(measured: f64, bound: f64) -> String {
    plain(measured / bound)
}

fn steps(page: &mut String, hardware: &Hardware, measured: &Measured) {
    page.push_str(
        "\nThe whole step:\n\n| | Bound | No overlap | Achievable | Measured | Ratio |\n\
         | --- | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for run in &measured.runs {
        let Some(step) = &run.step else { continue };
        let workload = Workload::uniform(run.cached, run.input, run.batch).unwrap();
        let [peak, reached] = [Ceiling::PEAK, Ceiling::ACHIEVABLE]
            .map(|ceiling| plan(&model(&run.model), &workload, &deployment(hardware, ceiling)).unwrap().step);
        assert!(step.seconds >= peak.ideal.0, "{} is faster than its bound", run_words(run));
        writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} |",
            run_words(run),
            peak.ideal.human(),
            peak.no_overlap.human(),
            reached.ideal.human(),
            Seconds(step.seconds).human(),
            ratio(step.seconds, peak.ideal.0)
        )
        .unwrap();
    }
}

fn layers(page: &mut String, hardware: &Hardware, run: &Run) {
    write!(
        page,
        "\n### {}\n\n| Layer | Blocks | Bound by | Bound | Achievable | Measured | Reached | Ratio | By |\n\
         | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | --- |\n",
        run_words(run)
    )
    .unwrap();
    let workload = Workload::uniform(run.cached, run.input, run.batch).unwrap();
    let [peak, reached] = [Ceiling::PEAK, Ceiling::ACHIEVABLE]
        .map(|ceiling| plan(&model(&run.model), &workload, &deployment(hardware, ceiling)).unwrap().layers);
    for (layer, reached) in peak.iter().zip(&reached) {
        let timed = &run.layers[layer.name];
        let bound = layer.seconds.ideal.0;
        assert!(timed.seconds >= bound, "{} of {} is faster than its bound", layer.name, run_words(run));
        let (limit, speed) = match layer.limit {
            Limit::Compute => ("compute", rate(layer.flops.0 as f64 / timed.seconds)),
            _ => ("memory", bandwidth(layer.bytes.0 as f64 / timed.seconds)),
        };
        writeln!(
            page,
            "| {} | {} | {limit} | {} | {} | {} | {speed} | {} | {} |",
            layer.name,
            layer.blocks,
            layer.seconds.ideal.human(),
            reached.seconds.ideal.human(),
            Seconds(timed.seconds).human(),
            ratio(timed.seconds, bound),
            timed.how.as_deref().unwrap()
        )
        .unwrap();
    }
}

fn products(page: &mut String, hardware: &Hardware, products: &Products) {
    write!(
        page,
        "\n### {} of {} for ever more tokens\n\n\
         | Tokens | Bound by | Bound | Measured | Reached | Ratio |\n| ---: | --- | ---: | ---: | ---: | ---: |\n",
        products.layer,
        products.model.rsplit('/').next().unwrap()
    )
    .unwrap();
    let model = model(&products.model);
    let deployment = deployment(hardware, Ceiling::PEAK);
    for product in &products.timed {
        let workload = Workload::uniform(0, product.tokens, 1).unwrap();
        let plan = plan(&model, &workload, &deployment).unwrap();
        let layer = plan.layers.iter().find(|layer| layer.name == products.layer).unwrap();
        let bound = layer.seconds.ideal.0;
        assert!(product.seconds >= bound, "{} tokens are faster than their bound", product.tokens);
        writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} |",
            product.tokens,
            if layer.limit == Limit::Compute { "compute" } else { "memory" },
            layer.seconds.ideal.human(),
            Seconds(product.seconds).human(),
            rate(layer.flops.0 as f64 / product.seconds),
            ratio(product.seconds, bound)
        )
        .unwrap();
    }
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (hardware, measured) in measured() {
        let Ceilings { flops_per_second, bytes_per_second } = measured.ceilings;
        let (_, peak) = hardware.peak_for(Compute::Bf16);
        write!(
            page,
            "\n## {}\n\n{} with PyTorch {}, {}. A product of two 8192 × 8192 matrices in bf16 reached {} \
             ({} of the peak); reading and writing 2 GiB each, {} ({} of the bandwidth).\n",
            hardware.name,
            measured.device,
            measured.torch,
            measured.date,
            rate(flops_per_second),
            percent(flops_per_second / peak),
            bandwidth(bytes_per_second),
            percent(bytes_per_second / hardware.bandwidth)
        )
        .unwrap();
        steps(&mut page, &hardware, &measured);
        for run in &measured.runs {
            layers(&mut page, &hardware, run);
        }
        products(&mut page, &hardware, &measured.products);
    }
    page
}

#[test]
fn the_page_of_measurements_is_what_was_measured_and_what_the_engine_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/measured.md");
    let page = page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(kept == page, "docs/measured.md is stale: run UPDATE=1 cargo test --test measured");
}
