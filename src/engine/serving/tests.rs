//! Known answers, each worked above its number, and what must hold for every model.

use super::*;
use crate::engine::catalog;
use crate::engine::hardware::Compute;
use crate::engine::quantity::Seconds;

fn model(id: &str) -> Model {
    catalog::find(id).unwrap().model().unwrap()
}

fn h100() -> Deployment {
    on_h100(Serving::default())
}

fn on_h100(serving: Serving) -> Deployment {
    Deployment { hardware: Hardware::find("h100").unwrap(), serving }
}

fn decode(cached: u64, batch: u64) -> Workload {
    Workload::uniform(cached, 1, batch).unwrap()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs()
}

#[test]
fn a_70b_under_tensor_parallel_8_holds_an_eighth() {
    let model = model("meta-llama/Llama-3.1-70B");
    let eight = on_h100(Serving { parallel: Parallel::tensor(8), output_tokens: 1, ..Serving::default() });
    let plan = plan(&model, &decode(1023, 1), &eight).unwrap();
    // A device's matrices of a block, hidden 8192, 64 query and 8 key/value heads of 128, 28,672 between:
    //   QKV 8192·(8 + 2)·128, O 8·128·8192, gate and up 8192·2·3584, down 3584·8192 → 106,954,752
    // Norms, two a block and one at the end, are held whole: 161·8192 = 1,318,912.
    // An eighth of embedding and of head: 2·8192·128,256/8 = 262,668,288.
    // Altogether 80·106,954,752 + 1,318,912 + 262,668,288 = 8,820,367,360, of two bytes each.
    assert_eq!(plan.memory.weights.0, 2 * 8_820_367_360);
    // One key/value head, keys and values of 128, two bytes, 80 blocks, 1,024 tokens.
    assert_eq!(plan.memory.kv_cache.0, 2 * 128 * 2 * 80 * 1024);
    // Behind O and down an all-reduce of 8192 elements of two bytes: 2·7/8·16,384 = 28,672; behind the
    // embedding one more; behind the head an all-gather of 7/8·128,256·2 = 224,448.
    assert_eq!(plan.link_bytes.0, 161 * 28_672 + 224_448);
    assert!(plan.memory.fits);
    assert_eq!(plan.devices, 8);
}

#[test]
fn the_interconnects_roof_is_where_sending_takes_as_long_as_all_else() {
    let model = model("meta-llama/Llama-3.1-8B");
    let on = |tensor| {
        let serving = Serving { parallel: Parallel::tensor(tensor), output_tokens: 1, ..Serving::default() };
        plan(&model, &decode(1023, 64), &on_h100(serving)).unwrap()
    };
    assert_eq!(on(1).link_slope(), None);
    let two = on(2);
    // Two devices: behind the embedding, 32 O and 32 down projections an all-reduce of 64·4096 elements of
    // two bytes, of which each sends 2·1/2, in two steps of 2 µs over 450 GB/s; behind the head an
    // all-gather of 1/2 of 64·128,256·2 bytes in one.
    let reduce = 64.0 * 4096.0 * 2.0 / 450e9 + 2.0 * 2e-6;
    let gather = 64.0 * 128_256.0 / 450e9 + 2e-6;
    let slope = two.bytes.0 as f64 / (65.0 * reduce + gather);
    assert!(near(two.link_slope().unwrap(), slope), "{:?} {slope}", two.link_slope());
    // A slower network is a lower roof.
    let mut slow = on_h100(Serving { parallel: Parallel::tensor(2), output_tokens: 1, ..Serving::default() });
    slow.serving.network.latency = Seconds(2e-5);
    let slow = plan(&model, &decode(1023, 64), &slow).unwrap();
    assert!(slow.link_slope().unwrap() < two.link_slope().unwrap());
}

#[test]
fn a_state_space_is_dealt_out_by_heads_and_repeats_its_groups() {
    // 4 heads of 5 in 2 groups, a state of 3, a kernel of 4.
    let config = r#"{"model_type": "nemotron_h", "hidden_size": 12, "layers_block_type": ["mamba"],
        "mamba_num_heads": 4, "mamba_head_dim": 5, "ssm_state_size": 3, "n_groups": 2, "conv_kernel": 4,
        "num_attention_heads": 3, "num_key_value_heads": 1, "vocab_size": 11}"#;
    let model = Model::from_json(config).unwrap();
    let on = |tensor| {
        let serving = Serving { parallel: Parallel::tensor(tensor), output_tokens: 1, ..Serving::default() };
        plan(&model, &decode(7, 1), &on_h100(serving))
    };
    for (tensor, weights, state) in [
        // In 12·(2·20 + 12 + 4), convolution (20 + 12)·(4 + 1), scan 3·4, norm 20, out 20·12, two norms of 12,
        // embedding and head 2·11·12; a state of 32·3 + 20·3.
        (1, 672 + 160 + 12 + 20 + 240 + 24 + 264, 96 + 60),
        // Halves, one group each; the vocabulary in 6 and 5 rows.
        (2, 12 * 28 + 16 * 5 + 6 + 10 + 120 + 24 + 144, 48 + 30),
        // One head each, and a group on two devices: 12·(2·5 + 6 + 1), (5 + 6)·5.
        (4, 12 * 17 + 11 * 5 + 3 + 5 + 60 + 24 + 72, 33 + 15),
    ] {
        let memory = on(tensor).unwrap().memory;
        assert_eq!((memory.weights.0, memory.kv_cache.0), (2 * weights, 2 * state), "{tensor}");
    }
    let refused = on(3).unwrap_err().to_string();
    assert!(refused.contains("4 heads of the state space cannot be shared by 3"), "{refused}");
}

/// Elements of weights and of a query's state on each of so many devices.
fn held(config: &str, tensor: u64) -> (u128, u128) {
    let serving = Serving { parallel: Parallel::tensor(tensor), output_tokens: 1, ..Serving::default() };
    let plan = plan(&Model::from_json(config).unwrap(), &decode(7, 1), &on_h100(serving)).unwrap();
    (plan.memory.weights.0 / 2, plan.memory.kv_cache.0 / 2)
}

#[test]
fn the_first_mamba_is_dealt_out_by_channels() {
    // 20 channels with a state of 3, a kernel of 4, steps made of 5.
    let config = r#"{"model_type": "mamba", "hidden_size": 12, "num_hidden_layers": 1, "intermediate_size": 20,
        "state_size": 3, "time_step_rank": 5, "vocab_size": 11}"#;
    // In 12·40, convolution 20·(4 + 1), X 20·(5 + 6), steps 5·20 + 20, scan 20·3 + 20, out 20·12, two norms of 12,
    // embedding 11·12; a state of 20·3 + 20·3.
    assert_eq!(held(config, 1), (480 + 100 + 220 + 120 + 80 + 240 + 24 + 132, 120));
    // Halves but for the norms; the vocabulary in 6 and 5 rows.
    assert_eq!(held(config, 2), (240 + 50 + 110 + 60 + 40 + 120 + 24 + 72, 60));
    // Every device sends and takes in the sums of steps, writes and reads: 5 + 2·3 of two bytes, half of it twice.
    let serving = Serving { parallel: Parallel::tensor(2), output_tokens: 1, ..Serving::default() };
    let plan = plan(&Model::from_json(config).unwrap(), &decode(7, 1), &on_h100(serving)).unwrap();
    let sums = plan.layers.iter().find(|share| share.name == "SSM - X_Proj").unwrap().transfer.unwrap();
    assert_eq!((sums.collective, sums.bytes.0), (Collective::AllReduce, 22));
}

#[test]
fn linear_attention_is_dealt_out_by_heads() {
    // 2 heads of 3, a kernel of 4; a feed-forward layer of 6.
    let kimi = r#"{"model_type": "kimi_linear", "hidden_size": 12, "num_hidden_layers": 1, "linear_num_heads": 2,
        "linear_head_dim": 3, "intermediate_size": 6, "vocab_size": 11}"#;
    // QKV 12·18, down 12·6, β 12·2, decays and gates 3·6 each, convolution 18·4, rule 2·3 + 2, norm 3, out 6·12, MLP
    // 3·12·6, three norms of 12, embedding and head 2·11·12; a state of 18·3 + 2·9.
    assert_eq!(held(kimi, 1), (216 + 72 + 24 + 36 + 72 + 8 + 3 + 72 + 216 + 36 + 264, 72));
    // What decays and gates are made of, and the norms, are on both.
    assert_eq!(held(kimi, 2), (108 + 72 + 12 + 18 + 36 + 4 + 3 + 36 + 108 + 36 + 144, 36));
    // 4 heads of 3; one of 2 experts of 6.
    let minimax = r#"{"model_type": "minimax", "hidden_size": 12, "num_hidden_layers": 1, "intermediate_size": 6,
        "layer_types": ["linear_attention"], "num_attention_heads": 4, "num_key_value_heads": 2,
        "num_local_experts": 2, "num_experts_per_tok": 1, "vocab_size": 11}"#;
    // QKV 12·36, gate 12·12, norm 12, out 12·12, router 12·2, experts 2·3·12·6, three norms of 12, embedding and head
    // 2·11·12; a state of 4·9.
    assert_eq!(held(minimax, 1), (432 + 144 + 12 + 144 + 24 + 432 + 36 + 264, 36));
    assert_eq!(held(minimax, 2), (216 + 72 + 6 + 72 + 24 + 216 + 36 + 144, 18));
    let on_eight = Serving { parallel: Parallel::tensor(8), output_tokens: 1, ..Serving::default() };
    let refused = plan(&Model::from_json(minimax).unwrap(), &decode(7, 1), &on_h100(on_eight)).unwrap_err();
    assert!(refused.to_string().contains("4 key heads cannot be shared by 8"), "{refused}");
}

#[test]
fn weights_that_blocks_share_stay_on_one_stage() {
    let config = r#"{"model_type": "zamba2", "hidden_size": 12, "num_hidden_layers": 2, "n_mamba_heads": 4,
        "mamba_d_state": 3, "num_attention_heads": 2, "intermediate_size": 6, "adapter_rank": 5, "vocab_size": 11,
        "use_shared_attention_adapter": true, "layers_block_type": ["hybrid", "hybrid"]}"#;
    // The transformer: norms 24 + 12, QKV 24·72, out 24·12, MLP 3·12·6. Each layer: adapters of attention 24·15 + 15·24,
    // of the MLP 12·5 + 5·12, projection 12·12; norm 12, in 12·(2·24 + 2·3 + 4), convolution (24 + 6)·(4 + 1), scan 3·4,
    // norm 24, out 24·12. Norm 12 and embedding 11·12. Keys and values of 8 tokens 2·24, states of 30·3 + 24·3.
    let (transformer, own) = (36 + 1728 + 288 + 216, 720 + 120 + 144 + 12 + 696 + 150 + 12 + 24 + 288);
    assert_eq!(held(config, 1), (transformer + 2 * own + 12 + 132, 2 * (8 * 48 + 162)));
    // Halves but for the norms, what adapters are made of, the projection, and one group's writes and reads.
    let (transformer, own) =
        (36 + 864 + 144 + 108, 360 + 180 + 60 + 30 + 144 + 12 + 12 * 32 + 18 * 5 + 6 + 12 + 144);
    assert_eq!(held(config, 2), (transformer + 2 * own + 12 + 72, 2 * (8 * 24 + 18 * 3 + 12 * 3)));
    let parallel = Parallel { pipeline: 2, ..Parallel::default() };
    let deployment = on_h100(Serving { parallel, output_tokens: 1, ..Serving::default() });
    let refused = plan(&Model::from_json(config).unwrap(), &decode(7, 1), &deployment).unwrap_err();
    assert!(refused.to_string().contains("share weights"), "{refused}");
}

#[test]
fn more_devices_than_key_value_heads_repeat_them() {
    let model = model("meta-llama/Llama-3.1-8B");
    let on = |tensor| {
        let deployment =
            on_h100(Serving { parallel: Parallel::tensor(tensor), output_tokens: 1, ..Serving::default() });
        plan(&model, &decode(1023, 1), &deployment).unwrap().memory.kv_cache.0
    };
    // 8 key/value heads of 128, keys and values, two bytes, 32 blocks, 1,024 tokens.
    assert_eq!(on(1), 8 * 2 * 128 * 2 * 32 * 1024);
    assert_eq!(on(8) * 8, on(1));
    assert_eq!(on(16), on(8));
}

#[test]
fn experts_are_spread_over_the_copies_of_the_batch() {
    let model = model("deepseek-ai/DeepSeek-V3");
    let parallel = Parallel { tensor: 1, pipeline: 1, expert: 32, data: 32 };
    let deployment = on_h100(Serving { parallel, output_tokens: 1, ..Serving::default() });
    let plan = plan(&model, &decode(4095, 1024), &deployment).unwrap();
    let share = |name| plan.layers.iter().find(|share| share.name == name).unwrap();
    // 1,024 queries, 8 experts each, over 32 devices: 256 rows a device, for a gate and up product of
    // 7168·2·2048 at two FLOPs.
    assert_eq!(share("Moe - Experts GateUp_Proj").flops.0, 256 * 2 * 7168 * 4096);
    // A device's 32 queries go to 8 experts, 7168 elements of two bytes each, 31/32 of them elsewhere.
    let sent = share("Moe - Experts Down_Proj").transfer.unwrap();
    assert_eq!(sent.bytes.0, 32 * 8 * 7168 * 2 * 31 / 32);
    assert_eq!((sent.collective, sent.devices), (Collective::AllToAll, 32));
}

#[test]
fn a_step_on_one_device_is_the_sum_of_its_layers() {
    let model = model("meta-llama/Llama-2-7b-hf");
    let plan = plan(&model, &decode(1024, 1), &h100()).unwrap();
    let sum: f64 = plan.layers.iter().map(|share| share.seconds.ideal.0 * share.blocks as f64).sum();
    assert!(near(plan.step.ideal.0, sum));
    // 13.2 GB of weights (all but the embedding) and 0.54 GB of cache at 3.35 TB/s are 4.1 ms.
    assert!((4.0e-3..4.2e-3).contains(&plan.step.ideal.0), "{:?}", plan.step);
    assert!(plan.step.no_overlap.0 > plan.step.ideal.0);
    assert_eq!(plan.limit, Limit::Memory);
    assert_eq!(plan.link_bytes.0, 0);
}

#[test]
fn a_generation_is_the_sum_of_its_steps() {
    let model = model("Qwen/Qwen3-8B");
    let prompt = Workload::uniform(0, 512, 2).unwrap();
    let deployment = on_h100(Serving { output_tokens: 5, ..Serving::default() });
    let whole = plan(&model, &prompt, &deployment).unwrap().generation.unwrap();
    let step = |workload| {
        plan(&model, &workload, &on_h100(Serving { output_tokens: 1, ..Serving::default() })).unwrap().step
    };
    let steps: f64 = (0..4).map(|done| step(decode(512 + done, 2)).ideal.0).sum();
    assert!(near(whole.time_to_first_token.ideal.0, step(prompt).ideal.0));
    assert!(near(whole.time_per_output_token.unwrap().ideal.0, steps / 4.0));
    assert!(near(whole.total.ideal.0, whole.time_to_first_token.ideal.0 + steps));
    assert!(near(whole.tokens_per_second.unwrap().ideal, 2.0 / (steps / 4.0)));
}

#[test]
fn nothing_is_promised_where_it_does_not_fit() {
    let model = model("meta-llama/Llama-3.1-70B");
    let plan = plan(&model, &decode(1024, 1), &h100()).unwrap();
    assert!(!plan.memory.fits);
    assert_eq!(plan.generation, None);
    assert_eq!((plan.memory.largest_batch, plan.memory.longest_context), (None, None));
    // 141 GB of weights against 0.9 · 80 GiB = 77.3 GB: half of them, 71 GB, fit, whether on two devices or
    // at half the width.
    assert_eq!(plan.cures, [Cure::Tensor(2), Cure::Weights("fp8")]);
}

#[test]
fn what_fits_is_the_most_that_fits() {
    let model = model("meta-llama/Llama-3.1-8B");
    let workload = decode(8191, 1);
    let one = on_h100(Serving { output_tokens: 1, ..Serving::default() });
    let memory = plan(&model, &workload, &one).unwrap().memory;
    let batch = memory.largest_batch.unwrap();
    assert!(plan(&model, &workload.repeated(batch), &one).unwrap().memory.fits);
    assert!(!plan(&model, &workload.repeated(batch + 1), &one).unwrap().memory.fits);
    let context = memory.longest_context.unwrap();
    assert!(plan(&model, &decode(context - 1, 1), &one).unwrap().memory.fits);
    assert!(!plan(&model, &decode(context, 1), &one).unwrap().memory.fits);
}

#[test]
fn degrees_that_do_not_divide_are_refused_with_those_that_do() {
    let llama = model("meta-llama/Llama-3.1-8B");
    for (parallel, needle) in [
        (Parallel::tensor(3), "32 query heads cannot be shared by 3: use 1, 2, 4, 8, 16, 32"),
        (Parallel { pipeline: 33, ..Parallel::default() }, "use at most 32"),
        (Parallel { expert: 2, data: 2, ..Parallel::default() }, "has no experts"),
        (Parallel { expert: 3, data: 2, ..Parallel::default() }, "use 1, 2"),
        (Parallel { data: 0, ..Parallel::default() }, "at least 1"),
    ] {
        let said = plan(&llama, &decode(1, 1), &on_h100(Serving { parallel, ..Serving::default() }))
            .unwrap_err()
            .to_string();
        assert!(said.contains(needle), "{said}");
    }
}

#[test]
fn more_devices_never_need_more_memory_each() {
    for id in ["meta-llama/Llama-3.1-70B", "mistralai/Mixtral-8x7B-v0.1", "deepseek-ai/DeepSeek-V3"] {
        let model = model(id);
        let mut last = u128::MAX;
        for tensor in [1, 2, 4, 8] {
            for pipeline in [1, 2, 4] {
                let parallel = Parallel { tensor, pipeline, ..Parallel::default() };
                let total =
                    plan(&model, &decode(4096, 16), &on_h100(Serving { parallel, ..Serving::default() }))
                        .unwrap();
                if pipeline == 1 {
                    assert!(total.memory.total.0 < last, "{id}: {parallel:?}");
                    last = total.memory.total.0;
                }
                assert!(total.memory.total.0 <= last, "{id}: {parallel:?}");
            }
        }
    }
}

#[test]
fn a_larger_batch_never_lowers_the_ideal_throughput() {
    for id in ["meta-llama/Llama-3.1-8B", "Qwen/Qwen3-30B-A3B"] {
        let model = model(id);
        let mut last = 0.0;
        for batch in [1, 2, 3, 8, 64, 256] {
            let plan = plan(&model, &decode(128, batch), &h100()).unwrap();
            let rate = batch as f64 / plan.step.ideal.0;
            assert!(rate >= last, "{id}, batch {batch}: {rate} after {last}");
            last = rate;
        }
    }
}

#[test]
fn an_achievable_ceiling_only_lengthens() {
    let model = model("meta-llama/Llama-3.1-8B");
    let prompt = Workload::uniform(0, 4096, 1).unwrap();
    let at = |ceiling| {
        plan(&model, &prompt, &on_h100(Serving { ceiling, ..Serving::default() })).unwrap().step.ideal.0
    };
    let (peak, reached) = (at(Ceiling::PEAK), at(Ceiling::ACHIEVABLE));
    // A prefill is bound by compute: 989 TFLOP/s at best, 794.5 measured.
    assert!(reached / peak > 1.2 && reached / peak < 989.0 / 794.5 + 0.01, "{}", reached / peak);
    assert!(
        plan(&model, &prompt, &on_h100(Serving { fused: false, ..Serving::default() })).unwrap().step.ideal.0
            > peak
    );
}

#[test]
fn where_nobody_measured_the_mean_of_what_was_measured_is_taken() {
    let mut parts = Vec::new();
    for preset in crate::engine::hardware::PRESETS {
        for (compute, rate) in preset.measured.iter().filter(|row| row.0 == Compute::Bf16) {
            parts.push(rate / preset.peaks.iter().find(|row| row.0 == *compute).unwrap().1);
        }
    }
    let mean = parts.iter().sum::<f64>() / parts.len() as f64;
    assert!((mean - 0.75).abs() < 0.005, "{mean} of {}", parts.len());
    let (_, reached) = Ceiling::ACHIEVABLE.peak(&Hardware::find("l4").unwrap(), Compute::Bf16);
    assert!(near(reached, 0.75 * 121e12), "{reached}");
}

#[test]
fn collectives_send_and_wait_what_their_algorithms_do() {
    let links = link::Links::of(&h100());
    let sent = |collective, devices| links.transfer(collective, devices, 1 << 20).unwrap();
    // 2·7/8 of a mebibyte at 450 GB/s, and six steps of 2 µs.
    let reduced = sent(Collective::AllReduce, 8);
    assert_eq!(reduced.bytes.0, 1_835_008);
    assert!(near(reduced.seconds.0, 1_835_008.0 / 450e9 + 12e-6));
    // Across two nodes: the same inside, then 2·1/2 of an eighth at 50 GB/s and two steps of 5 µs.
    let across = sent(Collective::AllReduce, 16);
    assert_eq!(across.bytes.0, 1_835_008 + (1 << 17));
    assert!(near(across.seconds.0, reduced.seconds.0 + f64::from(1 << 17) / 50e9 + 10e-6));
    assert_eq!(sent(Collective::AllGather, 8).bytes.0 * 2, reduced.bytes.0);
    // Fifteen sixteenths go to others.
    assert_eq!(sent(Collective::AllToAll, 16).bytes.0, (1 << 20) / 16 * 15);
    assert_eq!(links.transfer(Collective::AllReduce, 1, 1), None);
    // An all-gather waits half as often: three steps inside, one across.
    let gathered = sent(Collective::AllGather, 16);
    assert_eq!(gathered.bytes.0, (1 << 20) / 8 * 7 + (1 << 16));
    let (near_time, far_time) = (917_504.0 / 450e9 + 6e-6, 65_536.0 / 50e9 + 5e-6);
    assert!(near(gathered.seconds.0, near_time + far_time));
    // Sixteenths go to seven neighbours and eight others at once: the longer of both.
    let (near_time, far_time) = (458_752.0 / 450e9 + 2e-6, 524_288.0 / 50e9 + 5e-6);
    assert!(near(sent(Collective::AllToAll, 16).seconds.0, f64::max(near_time, far_time)));
    assert!(near(sent(Collective::AllToAll, 8).seconds.0, 917_504.0 / 450e9 + 2e-6));
    // To the next stage, in the same node and in another.
    assert!(near(sent(Collective::Send, 8).seconds.0, 1_048_576.0 / 450e9 + 2e-6));
    assert!(near(sent(Collective::Send, 9).seconds.0, 1_048_576.0 / 50e9 + 5e-6));
    assert_eq!((sent(Collective::Send, 8).bytes.0, sent(Collective::Send, 9).bytes.0), (1 << 20, 1 << 20));
}

#[test]
fn rates_are_tokens_over_time() {
    let generate = |output_tokens| {
        let serving = Serving { parallel: Parallel::tensor(2), output_tokens, ..Serving::default() };
        let workload = Workload::uniform(50, 10, 6).unwrap();
        plan(&model("meta-llama/Llama-3.1-8B"), &workload, &on_h100(serving)).unwrap().generation.unwrap()
    };
    let long = generate(100);
    let (first, mean) = (long.time_to_first_token, long.time_per_output_token.unwrap());
    // 99 steps behind the first token; six queries on two devices, 60 new tokens at first.
    for time in [|range: &Range| range.ideal.0, |range: &Range| range.no_overlap.0] {
        assert!(near(time(&mean) * 99.0, time(&long.total) - time(&first)));
    }
    for (rates, tokens, time) in [
        (long.prefill_tokens_per_second, 60.0, first),
        (long.tokens_per_second.unwrap(), 6.0, mean),
        (long.tokens_per_second_per_query.unwrap(), 1.0, mean),
        (long.tokens_per_second_per_device.unwrap(), 3.0, mean),
    ] {
        assert!(near(rates.ideal * time.ideal.0, tokens));
        assert!(near(rates.no_overlap * time.no_overlap.0, tokens));
    }
    // One token is the first; two are one step more.
    let (one, two) = (generate(1), generate(2));
    assert_eq!((one.time_per_output_token, one.tokens_per_second), (None, None));
    assert_eq!(one.total, one.time_to_first_token);
    assert_eq!(two.time_per_output_token, two.last_token);
}

#[test]
fn memory_is_what_the_last_step_holds() {
    let memory = |output_tokens| {
        let serving = Serving { output_tokens, ..Serving::default() };
        plan(&model("meta-llama/Llama-3.1-8B"), &decode(1023, 2), &on_h100(serving)).unwrap().memory
    };
    // Keys and values of 8 heads of 128 in 32 blocks, two bytes each: 131,072 B a token. The first token comes of 1,024
    // tokens; the fifth is the fourth step's, which holds four more, and is itself never looked back at.
    for (output_tokens, tokens) in [(1, 1024), (2, 1025), (5, 1028)] {
        assert_eq!(memory(output_tokens).kv_cache.0, 2 * tokens * 131_072, "{output_tokens}");
    }
    let held = memory(5);
    assert_eq!(held.total.0, held.weights.0 + held.kv_cache.0 + held.activations.0 + held.reserve.0);
    // A tenth of 80 GiB, rounded up.
    assert_eq!(held.reserve.0, 8_589_934_592);
    // Of two stages the first has the embedding and the second the head, as large as each other and with the final norm.
    let serving = Serving {
        parallel: Parallel { pipeline: 2, ..Parallel::default() },
        output_tokens: 1,
        ..Serving::default()
    };
    let staged = plan(&model("meta-llama/Llama-3.1-8B"), &decode(1023, 2), &on_h100(serving)).unwrap().memory;
    assert_eq!(staged.weights.0 * 2, held.weights.0 + 4096 * 2);
    assert_eq!(staged.kv_cache.0 * 2, 2 * 1024 * 131_072);
}

#[test]
fn a_ceiling_lowers_every_link() {
    let half = Ceiling { bandwidth: 0.5, ..Ceiling::PEAK };
    let links = link::Links::of(&on_h100(Serving { ceiling: half, ..Serving::default() }));
    let sent = |devices| links.transfer(Collective::Send, devices, 1 << 20).unwrap().seconds.0;
    assert!(near(sent(8), 1_048_576.0 / 225e9 + 2e-6));
    assert!(near(sent(9), 1_048_576.0 / 25e9 + 5e-6));
}

#[test]
fn a_network_that_cannot_be_is_refused() {
    let with = |network| {
        plan(
            &model("meta-llama/Llama-3.1-8B"),
            &decode(9, 1),
            &on_h100(Serving { network, ..Serving::default() }),
        )
    };
    let usual = Network::default();
    for network in [
        Network { across_bytes_per_second: 0.0, ..usual },
        Network { across_bytes_per_second: f64::INFINITY, ..usual },
        Network { across_bytes_per_second: f64::NAN, ..usual },
        Network { latency: Seconds(-1e-6), ..usual },
        Network { latency: Seconds(f64::NAN), ..usual },
        Network { latency_across: Seconds(-1e-6), ..usual },
        Network { latency_across: Seconds(f64::INFINITY), ..usual },
    ] {
        let error = with(network).unwrap_err().to_string();
        assert!(error.contains("the network's bandwidth must be above zero"), "{network:?}: {error}");
    }
    for network in [
        Network { across_bytes_per_second: 1.0, ..usual },
        Network { latency: Seconds(0.0), latency_across: Seconds(0.0), ..usual },
    ] {
        assert!(with(network).is_ok(), "{network:?}");
    }
}

#[test]
fn a_plan_says_what_it_assumes_of_the_links() {
    let said = |device: &str, tensor: u64| {
        let serving = Serving { parallel: Parallel::tensor(tensor), ..Serving::default() };
        let deployment = Deployment { hardware: Hardware::find(device).unwrap(), serving };
        plan(&model("meta-llama/Llama-3.1-70B"), &decode(9, 1), &deployment).unwrap().assumptions
    };
    let has = |said: &[String], words: &str| said.iter().any(|line| line.contains(words));
    let [one, eight, sixteen] = [1, 8, 16].map(|tensor| said("h100", tensor));
    assert!(!has(&one, "reach each other") && !has(&one, "Across nodes"));
    assert!(has(&eight, "Up to 8 devices reach each other over") && has(&eight, "at 450 GB/s each way"));
    assert!(!has(&eight, "Across nodes"));
    assert!(has(&sixteen, "Across nodes every device sends 50.0 GB/s, and a step takes at least 5.00 µs."));
    // A card in a host, whose neighbours are as many as fit there.
    assert!(has(&said("l40s", 2), "Up to 8 devices share a node and reach each other over PCIe"));
    let alone = Hardware::custom("Alone", 1e15, 4e12, 2e11).unwrap();
    let serving = Serving { parallel: Parallel::tensor(2), ..Serving::default() };
    let plan =
        plan(&model("meta-llama/Llama-3.1-8B"), &decode(9, 1), &Deployment { hardware: alone, serving });
    let said = plan.unwrap().assumptions;
    assert!(
        has(&said, "The device's link is not known: up to 8 in a node at 32.0 GB/s each way"),
        "{said:?}"
    );
}
