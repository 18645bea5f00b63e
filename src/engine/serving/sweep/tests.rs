//! Known answers, each worked above its number, and what the sweeps' words mean.

use super::*;
use crate::engine::catalog;
use crate::engine::hardware::Hardware;
use crate::engine::model::Model;
use crate::engine::serving::{Deployment, Limit, Parallel, Plan, Serving, plan};
use crate::engine::workload::Workload;

fn model(id: &str) -> Model {
    catalog::find(id).unwrap().model().unwrap()
}

fn on(hardware: &str, serving: Serving) -> Deployment {
    Deployment { hardware: Hardware::find(hardware).unwrap(), serving }
}

fn numbers(text: &str) -> Vec<u64> {
    let settings = Sweep::parse(text).unwrap().settings().unwrap();
    settings
        .iter()
        .map(|setting| match setting {
            Setting::Number(_, number) => *number,
            Setting::Weights(word) => panic!("{word}"),
        })
        .collect()
}

#[test]
fn ranges_are_read_and_written() {
    assert_eq!(numbers("batch=1..512"), [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
    assert_eq!(numbers("batch=3..20"), [3, 4, 8, 16, 20]);
    assert_eq!(numbers("context=0..5"), [0, 1, 2, 4, 5]);
    assert_eq!(numbers("input=7"), [7]);
    assert_eq!(numbers("devices=1..8+3"), [1, 4, 7, 8]);
    // A factor of ten between neighbours.
    assert_eq!(numbers("context=1..1_000_000x7"), [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]);
    // Twenty points have no room between 1 and 8.
    assert_eq!(numbers("batch=1..8x20"), [1, 2, 3, 4, 5, 6, 7, 8]);
    let long = numbers("batch=1..4000000x1000");
    // Below some 66 neighbours are less than one apart and coincide.
    assert!(long.len() > 700 && long[0] == 1 && *long.last().unwrap() == 4_000_000, "{}", long.len());
    assert!(long.windows(2).all(|pair| pair[0] < pair[1]));
    for text in ["batch=1..512", "context=0..9x5", "input=1..9+2", "devices=4..4", "weights=fp8,auto,q4_k_m"]
    {
        assert_eq!(Sweep::parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn what_makes_no_sense_says_what_would() {
    for (text, needle) in [
        ("batch", "has no `=`"),
        ("depth=1..2", "use batch, context, input, devices or weights"),
        ("batch=1-9", "write 1..512 for powers of two"),
        ("batch=9..1", "write the smaller one first"),
        ("batch=0..4", "batch can be 1 to"),
        ("batch=1..5000000", "not 1 to 5000000"),
        ("batch=1..9x1", "at least 2 points"),
        ("batch=1..9+0", "at least 1 apart"),
        ("batch=1..9x5000", "more than 4096 points"),
        ("batch=1..9000+1", "more than 4096 points"),
        ("weights=fp8,,int8", "a format is missing"),
        ("weights=fp8,q9", "q9"),
    ] {
        let said = Sweep::parse(text).unwrap_err().to_string();
        assert!(said.contains(needle), "{text}: {said}");
    }
    let read = |texts: &[&str]| texts.iter().map(|text| Sweep::parse(text).unwrap()).collect::<Vec<_>>();
    let said = rows(&read(&["batch=1..2", "batch=4"])).unwrap_err().to_string();
    assert!(said.contains("batch is swept twice"), "{said}");
    let said = rows(&read(&["batch=1..100+1", "context=1..100+1"])).unwrap_err().to_string();
    assert!(said.contains("4096 points together"), "{said}");
    let grid = rows(&read(&["batch=1..2", "devices=1..4"])).unwrap();
    let shown: Vec<String> = grid.iter().map(|row| format!("{}/{}", row[0], row[1])).collect();
    assert_eq!(shown, ["1/1", "2/1", "1/2", "2/2", "1/4", "2/4"]);
}

#[test]
fn a_dense_product_turns_compute_bound_where_its_intensity_passes_the_ridge() {
    let model = model("meta-llama/Llama-3.1-8B");
    let deployment = on("h100", Serving { output_tokens: 1, ..Serving::default() });
    // B rows of a bf16 product of i inputs and o outputs: 2·B·i·o FLOPs over 2·(i·o + B·i + B·o) bytes.
    // It passes the ridge of 989e12/3.35e12 = 295.22 FLOP/B where B = 295.22 / (1 − 295.22·(1/i + 1/o)):
    //   QKV  4096 → 6144:    1/i + 1/o = 4.0690e-4, B = 295.22 / 0.87987 = 335.5
    //   O    4096 → 4096:    4.8828e-4, 295.22 / 0.85585 = 344.9
    //   gate and up 4096 → 28672: 2.7902e-4, 295.22 / 0.91763 = 321.7
    //   down 14336 → 4096:   3.1390e-4, 295.22 / 0.90733 = 325.4
    for (name, first) in [
        ("Attn - QKV_Proj", 336),
        ("Attn - O_Proj", 345),
        ("Ffn - GateUp_Proj", 322),
        ("Ffn - Down_Proj", 326),
    ] {
        let limit = |batch| {
            let plan = plan(&model, &Workload::uniform(127, 1, batch).unwrap(), &deployment).unwrap();
            let share = plan.layers.iter().find(|share| share.name == name);
            share.unwrap_or_else(|| panic!("no {name}")).limit
        };
        assert_eq!((limit(first - 1), limit(first)), (Limit::Memory, Limit::Compute), "{name}");
    }
    // The step: 32 blocks and the head, 4096 → 128256, turn near there; attention stays with memory, so that
    // the step turns only when more than half of its bound is computing.
    let workload = Workload::uniform(127, 1, 1).unwrap();
    let case = Case::new(&model, &workload, &deployment);
    let curve = Curve::of(&case, &[Sweep::parse("batch=1..1024").unwrap()]).unwrap();
    let marks: Vec<_> = curve.marks().collect();
    let [mark] = marks[..] else { panic!("{marks:?}") };
    assert_eq!(mark.change, Change::Limit { from: Limit::Memory, to: Limit::Compute });
    assert!(mark.exact);
    let (Setting::Number(_, before), Setting::Number(_, after)) = (&mark.before[0], &mark.after[0]) else {
        panic!("{mark:?}")
    };
    assert_eq!(before + 1, *after);
    assert!((320..350).contains(after), "{after}");
}

#[test]
fn the_memory_wall_is_the_first_batch_that_does_not_fit() {
    let model = model("meta-llama/Llama-3.1-8B");
    let workload = Workload::uniform(131_071, 1, 1).unwrap();
    let deployment = on("h100", Serving { output_tokens: 1, ..Serving::default() });
    let case = Case::new(&model, &workload, &deployment);
    // A context of 131,072 tokens, keys and values, 8 heads of 128, 32 blocks, two bytes: 16 GiB.
    let one = case.point().unwrap();
    assert_eq!(one.memory.kv_cache.0, 131_072 * 2 * 8 * 128 * 32 * 2);
    assert_eq!(one.memory.kv_cache.0, 16 << 30);
    // 8,030,261,248 parameters of two bytes are 14.96 GiB; 72 GiB of 80 are free, so three contexts fit,
    // 48 GiB, and four, 64 GiB, do not.
    assert_eq!(one.memory.weights.0, 2 * 8_030_261_248);
    let curve = Curve::of(&case, &[Sweep::parse("batch=1..64").unwrap()]).unwrap();
    let wall = curve.marks().find(|mark| mark.change == Change::Outgrown).unwrap();
    assert_eq!((wall.before[0].to_string(), wall.after[0].to_string()), ("3".into(), "4".into()));
    assert!(wall.exact);
    assert_eq!(plan(&model, &workload, &deployment).unwrap().memory.largest_batch, Some(3));
    let past = curve.rows.iter().find(|row| row.settings[0].to_string() == "8").unwrap();
    assert_eq!(past.result.as_ref().unwrap().generation, None);
}

#[test]
fn a_degree_that_does_not_divide_is_refused_by_itself() {
    let model = model("meta-llama/Llama-3.1-70B");
    let workload = Workload::uniform(1024, 1, 1).unwrap();
    let deployment = on("h100", Serving::default());
    let case = Case::new(&model, &workload, &deployment);
    let curve = Curve::of(&case, &[Sweep::parse("devices=1..8+1").unwrap()]).unwrap();
    let refused: Vec<_> = curve
        .rows
        .iter()
        .filter_map(|row| Some((row.settings[0].to_string(), row.result.as_ref().err()?.to_string())))
        .collect();
    let degrees: Vec<_> = refused.iter().map(|row| row.0.as_str()).collect();
    assert_eq!(degrees, ["3", "5", "6", "7"]);
    assert!(refused[0].1.contains("64 query heads cannot be shared by 3"), "{}", refused[0].1);
    // 141 GB of weights fit on two devices of 77.3 GB each and not on one.
    let fits = curve.marks().find(|mark| mark.change == Change::Fitted).unwrap();
    assert_eq!((fits.before[0].to_string(), fits.after[0].to_string()), ("1".into(), "2".into()));
    // Between four and eight no degree can be asked.
    let grown = between(&case, of(&curve, 3), of(&curve, 7));
    assert!(grown.iter().all(|mark| !mark.exact), "{grown:?}");
}

fn of(curve: &Curve, row: usize) -> (&[Setting], &Point) {
    (&curve.rows[row].settings, curve.rows[row].result.as_ref().unwrap())
}

#[test]
fn formats_and_grids() {
    let model = model("meta-llama/Llama-3.1-8B");
    let workload = Workload::uniform(1024, 1, 1).unwrap();
    let deployment = on("h100", Serving::default());
    let case = Case::new(&model, &workload, &deployment);
    let curve = Curve::of(&case, &[Sweep::parse("weights=auto,fp8,q4_k_m").unwrap()]).unwrap();
    let weights: Vec<u128> = (0..3).map(|row| of(&curve, row).1.memory.weights.0).collect();
    assert!(weights[0] > weights[1] && weights[1] > weights[2]);
    assert_eq!(weights[0], 2 * 8_030_261_248);
    // At a batch of one all are bound by memory, so fewer bytes are faster, and the last beats all others.
    assert_eq!(curve.front, [2]);
    let grid: Vec<Sweep> =
        ["batch=1..64", "devices=1..8"].iter().map(|text| Sweep::parse(text).unwrap()).collect();
    let curve = Curve::of(&case, &grid).unwrap();
    assert_eq!(curve.rows.len(), 7 * 4);
    assert!(curve.front.len() > 4, "{:?}", curve.front);
    let json = serde_json::to_value(&curve).unwrap();
    assert_eq!(json["sweeps"][1], "devices=1..8");
    assert_eq!(json["rows"][7]["settings"], serde_json::json!({"batch": 1, "devices": 2}));
    assert_eq!(json["rows"][7]["point"]["devices"], 2);
}

/// The figures of a plan that a point has too.
fn point_of(plan: &Plan) -> Point {
    let memory = &plan.memory;
    let needed = memory.weights.0 + memory.kv_cache.0 + memory.activations.0;
    Point {
        devices: plan.devices,
        fits: memory.fits,
        limit: plan.limit,
        step: plan.step,
        generation: plan.generation,
        flops: plan.flops,
        bytes: plan.bytes,
        link_bytes: plan.link_bytes,
        intensity: crate::engine::Intensity::of(plan.flops, plan.bytes),
        memory: Held {
            weights: memory.weights,
            kv_cache: memory.kv_cache,
            activations: memory.activations,
            needed: crate::engine::Bytes(needed),
            room: crate::engine::Bytes(memory.capacity.0 - memory.reserve.0),
        },
    }
}

#[test]
fn every_point_is_the_plan_of_its_case() {
    let base = Workload::uniform(100, 20, 4).unwrap();
    let serving = Serving { parallel: Parallel { data: 2, ..Parallel::default() }, ..Serving::default() };
    for id in ["meta-llama/Llama-3.1-8B", "deepseek-ai/DeepSeek-V2-Lite", "openai/gpt-oss-20b"] {
        let model = model(id);
        let deployment = on("h100", serving);
        let case = Case::new(&model, &base, &deployment);
        let mut answered = 0;
        for text in
            ["batch=1..4096", "context=0..300000x9", "input=1..9000x7", "devices=1..8+1", "weights=auto,int8"]
        {
            for row in rows(&[Sweep::parse(text).unwrap()]).unwrap() {
                // The same by hand.
                let (mut cached, mut input, mut batch, mut tensor) = (100, 20, 4, 1);
                let mut model = model.clone();
                match &row[0] {
                    Setting::Number(Quantity::Batch, n) => batch = *n,
                    Setting::Number(Quantity::Context, n) => cached = *n,
                    Setting::Number(Quantity::Input, n) => input = *n,
                    Setting::Number(Quantity::Devices, n) => tensor = *n,
                    Setting::Weights(word) => {
                        model = model.with(&Overrides::parse(Some(word), None, None).unwrap());
                    }
                }
                let parallel = Parallel { tensor, ..serving.parallel };
                let single = plan(
                    &model,
                    &Workload::uniform(cached, input, batch).unwrap(),
                    &on("h100", Serving { parallel, ..serving }),
                );
                let point = case.with(&row).and_then(|case| case.point());
                answered += u32::from(point.is_ok());
                assert_eq!(point, single.map(|plan| point_of(&plan)), "{id}: {row:?}");
            }
        }
        assert!(answered > 30, "{id}: {answered}");
    }
}
