//! What must hold along a sweep, on random models of every family.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use roofline::engine::serving::sweep::{Case, Point, Quantity, Setting};
use roofline::engine::serving::{Deployment, Parallel, Serving, plan};
use roofline::engine::{Hardware, Model, Workload};
use serde_json::Value;

fn models() -> impl Strategy<Value = Model> {
    let all: Vec<Value> = serde_json::from_str(include_str!("families/cases.json")).unwrap();
    let configs: Vec<String> = all.iter().map(|case| case["config"].to_string()).collect();
    prop::sample::select(configs).prop_map(|config| Model::from_json(&config).unwrap())
}

/// Devices of which even small models fill the smallest.
fn devices() -> impl Strategy<Value = Hardware> {
    (1e9f64..1e15, 1e9f64..1e13, 16f64..36.0).prop_map(|(peak, bandwidth, memory)| {
        Hardware::custom("random", peak, bandwidth, memory.exp2()).unwrap()
    })
}

fn workloads() -> impl Strategy<Value = Workload> {
    let queries = || (0u64..3000, 1u64..300);
    let lists = prop_oneof![queries().prop_map(|query| vec![query]), prop::collection::vec(queries(), 2..4)];
    lists.prop_flat_map(|queries| {
        let (cached, input): (Vec<_>, Vec<_>) = queries.into_iter().unzip();
        (1u64..40)
            .prop_map(move |times| Workload::new(&cached, &input, Some(times * cached.len() as u64)).unwrap())
    })
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 200,
        rng_seed: RngSeed::Fixed(0x5eed_ca5e),
        failure_persistence: None,
        ..Default::default()
    }
}

fn at(case: &Case<'_>, quantity: Quantity, number: u64) -> Option<Point> {
    case.with(&[Setting::Number(quantity, number)]).unwrap().point().ok()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_point_is_its_plan(
        model in models(), hardware in devices(), workload in workloads(),
        tensor in 1u64..9, output_tokens in 1u64..40,
    ) {
        // Half of all cases have one length of query; a plan looks for the largest batch, and to deal millions of
        // different queries takes it long.
        let data = if workload.pattern().len() == 1 { 2 } else { 1 };
        let parallel = Parallel { data, ..Parallel::default() };
        let serving = Serving { parallel, output_tokens, ..Serving::default() };
        let deployment = Deployment { hardware: hardware.clone(), serving };
        let case = Case::new(&model, &workload, &deployment);
        let point = case.with(&[Setting::Number(Quantity::Devices, tensor)]).unwrap().point();
        let serving = Serving { parallel: Parallel { tensor, ..parallel }, ..serving };
        match (point, plan(&model, &workload, &Deployment { hardware, serving })) {
            (Ok(point), Ok(plan)) => {
                prop_assert_eq!((point.step, point.limit, point.fits), (plan.step, plan.limit, plan.memory.fits));
                prop_assert_eq!(point.generation, plan.generation);
                prop_assert_eq!((point.flops, point.bytes, point.link_bytes), (plan.flops, plan.bytes, plan.link_bytes));
                let reserved = point.memory.needed.0 + plan.memory.reserve.0;
                prop_assert_eq!(reserved, plan.memory.total.0);
            }
            (point, plan) => prop_assert_eq!(point.unwrap_err(), plan.unwrap_err()),
        }
    }

    #[test]
    fn a_generation_is_the_sum_of_its_steps(
        model in models(), hardware in devices(), workload in workloads(), output_tokens in 2u64..120,
    ) {
        // Nothing but the weights need fit: no memory is kept free, and there is more than any of these takes.
        let hardware = Hardware { memory_bytes: 1 << 50, ..hardware };
        let on = |output_tokens| Deployment {
            hardware: hardware.clone(),
            serving: Serving { output_tokens, ..Serving::default() },
        };
        let whole = plan(&model, &workload, &on(output_tokens)).unwrap().generation.unwrap();
        let mut steps = [0.0; 2];
        for done in 0..output_tokens - 1 {
            let (grown, alone) = (workload.decoding(done), on(1));
            let step = Case::new(&model, &grown, &alone).point().unwrap().step;
            steps[0] += step.ideal.0;
            steps[1] += step.no_overlap.0;
        }
        let mean = whole.time_per_output_token.unwrap();
        for (summed, step_by_step) in [mean.ideal.0, mean.no_overlap.0].into_iter().zip(steps) {
            let by_hand = step_by_step / (output_tokens - 1) as f64;
            prop_assert!((summed - by_hand).abs() <= 1e-12 * by_hand, "{summed}, not {by_hand}");
        }
    }

    #[test]
    fn more_of_anything_needs_more_memory_and_more_devices_less_each(
        model in models(), hardware in devices(), workload in workloads(), a in 1u64..3000, b in 1u64..3000,
    ) {
        let deployment = Deployment { hardware, serving: Serving::default() };
        let case = Case::new(&model, &workload, &deployment);
        let (less, more) = (a.min(b), a.max(b));
        for quantity in [Quantity::Context, Quantity::Input] {
            let needed = |number| at(&case, quantity, number).unwrap().memory.needed;
            prop_assert!(needed(less) <= needed(more), "{}", quantity.id());
        }
        let length = workload.pattern().len() as u64;
        let needed = |times| at(&case, Quantity::Batch, times * length).unwrap().memory.needed;
        prop_assert!(needed(less) <= needed(more));
        let held: Vec<_> = [1, 2, 4, 8, 16, 32]
            .into_iter()
            .filter_map(|tensor| at(&case, Quantity::Devices, tensor))
            .map(|point| point.memory.needed)
            .collect();
        prop_assert!(held.is_sorted_by(|a, b| a >= b), "{held:?}");
    }

    #[test]
    fn a_larger_batch_never_lowers_the_ideal_throughput(
        model in models(), hardware in devices(), workload in workloads(), a in 1u64..3000, b in 1u64..3000,
    ) {
        let hardware = Hardware { memory_bytes: 1 << 50, ..hardware };
        let deployment = Deployment { hardware, serving: Serving { output_tokens: 8, ..Serving::default() } };
        let case = Case::new(&model, &workload, &deployment);
        let length = workload.pattern().len() as u64;
        let rates = |times: u64| {
            let generation = at(&case, Quantity::Batch, times * length).unwrap().generation.unwrap();
            [generation.tokens_per_second.unwrap().ideal, generation.prefill_tokens_per_second.ideal]
        };
        for (fewer, more) in rates(a.min(b)).into_iter().zip(rates(a.max(b))) {
            prop_assert!(more >= fewer * (1.0 - 1e-12), "{more} after {fewer}");
        }
    }
}
