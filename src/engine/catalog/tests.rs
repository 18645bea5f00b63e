use super::*;
use crate::engine::report::Parameters;
use std::collections::HashSet;

/// Id, all parameters and those one token uses; where ids share a config, the first of them.
///
/// Every total is also what transformers builds from the config, 4.57 or, for later families, 5.24. "Hub": the count of the published
/// tensors says the same, or differs by what is named. The active ones are the total less the routed
/// experts that a token does not take.
#[rustfmt::skip]
const SIZES: &[(&str, u128, u128)] = &[
    ("meta-llama/Llama-2-7b-hf", 6_738_415_616, 6_738_415_616), // Hub 6_738_417_664, with the rotary buffers
    ("meta-llama/Llama-2-13b-hf", 13_015_864_320, 13_015_864_320), // Hub 13_015_866_880, with the rotary buffers
    ("meta-llama/Llama-2-70b-hf", 68_976_648_192, 68_976_648_192),
    ("meta-llama/Meta-Llama-3-8B", 8_030_261_248, 8_030_261_248), // Hub
    ("meta-llama/Meta-Llama-3-70B", 70_553_706_496, 70_553_706_496), // Hub
    ("meta-llama/Llama-3.1-405B", 405_853_388_800, 405_853_388_800), // Hub
    ("meta-llama/Llama-3.2-1B", 1_235_814_400, 1_235_814_400), // Hub
    ("meta-llama/Llama-3.2-3B", 3_212_749_824, 3_212_749_824), // Hub
    ("huggyllama/llama-7b", 6_738_415_616, 6_738_415_616),
    ("TinyLlama/TinyLlama-1.1B-Chat-v1.0", 1_100_048_384, 1_100_048_384),
    ("HuggingFaceTB/SmolLM2-135M", 134_515_008, 134_515_008), // Hub
    ("HuggingFaceTB/SmolLM2-1.7B", 1_711_376_384, 1_711_376_384), // Hub
    ("01-ai/Yi-34B", 34_388_917_248, 34_388_917_248), // Hub
    ("deepseek-ai/deepseek-coder-33b-base", 33_342_991_360, 33_342_991_360),
    ("HuggingFaceTB/SmolLM3-3B", 3_075_098_624, 3_075_098_624), // Hub
    ("ibm-granite/granite-3.3-8b-instruct", 8_170_864_640, 8_170_864_640), // Hub
    ("meta-llama/Llama-4-Scout-17B-16E-Instruct", 107_769_861_120, 17_172_894_720), // Hub 108_641_793_536, with the vision tower
    ("meta-llama/Llama-4-Maverick-17B-128E-Instruct", 400_711_848_960, 17_184_691_200), // Hub 401_583_781_376, with the same vision tower
    ("mistralai/Mistral-7B-v0.1", 7_241_732_096, 7_241_732_096), // Hub
    ("mistralai/Mistral-7B-v0.3", 7_248_023_552, 7_248_023_552), // Hub
    ("mistralai/Mistral-Nemo-Base-2407", 12_247_782_400, 12_247_782_400), // Hub
    ("mistralai/Mistral-Small-24B-Instruct-2501", 23_572_403_200, 23_572_403_200), // Hub
    ("mistralai/Mistral-Small-3.1-24B-Instruct-2503", 23_572_403_200, 23_572_403_200), // Hub 24_011_361_280, with the vision tower
    ("mistralai/Mistral-Large-Instruct-2407", 122_610_069_504, 122_610_069_504), // Hub
    ("mistralai/Mixtral-8x7B-v0.1", 46_702_792_704, 12_879_925_248), // Hub
    ("mistralai/Mixtral-8x22B-v0.1", 140_620_634_112, 39_152_031_744), // Hub
    ("mistralai/Ministral-3-8B-Base-2512", 8_489_553_920, 8_489_553_920),
    ("mistralai/Mistral-Small-4-119B-2603", 118_972_826_624, 6_632_588_288),
    ("Qwen/Qwen2.5-0.5B", 494_032_768, 494_032_768), // Hub
    ("Qwen/Qwen2.5-1.5B", 1_543_714_304, 1_543_714_304), // Hub
    ("Qwen/Qwen2.5-3B", 3_085_938_688, 3_085_938_688), // Hub
    ("Qwen/Qwen2.5-7B", 7_615_616_512, 7_615_616_512), // Hub
    ("Qwen/Qwen2.5-14B", 14_770_033_664, 14_770_033_664), // Hub
    ("Qwen/Qwen2.5-32B", 32_763_876_352, 32_763_876_352), // Hub
    ("Qwen/Qwen2.5-72B", 72_706_203_648, 72_706_203_648), // Hub
    ("Qwen/Qwen1.5-MoE-A2.7B", 14_315_784_192, 2_689_173_504), // Hub
    ("Qwen/Qwen3-0.6B", 596_049_920, 596_049_920), // Hub 751_632_384, with the tied head a second time
    ("Qwen/Qwen3-1.7B", 1_720_574_976, 1_720_574_976), // Hub 2_031_739_904, with the tied head a second time
    ("Qwen/Qwen3-4B", 4_022_468_096, 4_022_468_096), // Hub
    ("Qwen/Qwen3-8B", 8_190_735_360, 8_190_735_360), // Hub
    ("Qwen/Qwen3-14B", 14_768_307_200, 14_768_307_200), // Hub
    ("Qwen/Qwen3-32B", 32_762_123_264, 32_762_123_264), // Hub
    ("Qwen/Qwen3-30B-A3B", 30_532_122_624, 3_353_032_704), // Hub
    ("Qwen/Qwen3-235B-A22B", 235_093_634_560, 22_190_763_520), // Hub
    ("Qwen/Qwen3-Coder-480B-A35B-Instruct", 480_154_875_392, 35_474_765_312), // Hub
    ("Qwen/Qwen3-Next-80B-A3B-Instruct", 79_674_391_296, 3_874_929_408), // Hub 81_324_862_720, with the layer that predicts
    ("Qwen/Qwen3.5-9B", 8_953_803_264, 8_953_803_264),
    ("Qwen/Qwen3.5-35B-A3B", 34_660_610_688, 3_454_988_928),
    ("google/gemma-2b", 2_506_172_416, 2_506_172_416),
    ("google/gemma-7b", 8_537_680_896, 8_537_680_896), // Hub
    ("google/gemma-2-2b-it", 2_614_341_888, 2_614_341_888), // Hub
    ("google/gemma-2-9b-it", 9_241_705_984, 9_241_705_984), // Hub
    ("google/gemma-2-27b-it", 27_227_128_320, 27_227_128_320), // Hub
    ("google/gemma-3-1b-it", 999_885_952, 999_885_952), // Hub
    ("google/gemma-3-4b-it", 3_880_263_168, 3_880_263_168), // Hub 4_300_079_472, with the vision tower
    ("google/gemma-3-12b-it", 11_766_034_176, 11_766_034_176), // Hub 12_187_325_040, with the vision tower
    ("google/gemma-3-27b-it", 27_009_346_304, 27_009_346_304), // Hub 27_432_406_640, with the vision tower
    ("google/gemma-3n-E4B", 6_835_235_568, 6_835_235_568), // as built from the class's defaults, without what layers that share a cache would project
    ("deepseek-ai/DeepSeek-V2-Lite", 15_706_484_224, 2_661_150_208), // Hub
    ("deepseek-ai/DeepSeek-V2", 235_741_434_880, 21_375_800_320), // Hub
    ("deepseek-ai/DeepSeek-V3", 671_026_404_352, 37_552_282_624), // Hub 684_489_845_504, with the prediction below
    ("deepseek-ai/DeepSeek-V3.2-Exp", 671_877_929_216, 38_403_807_488), // Hub 685_396_921_376, with the prediction below and scales
    ("moonshotai/Kimi-K2-Instruct", 1_026_408_209_408, 32_861_477_888), // Hub 1_026_408_235_864, with some buffers
    ("skt/A.X-K1", 518_983_052_288, 32_779_332_608), // published as 519B and 33B
    ("deepseek-ai/DeepSeek-V4-Flash", 284_332_230_231, 13_799_622_231), // published as 284B and 13B
    ("meituan-longcat/LongCat-Flash-Chat", 560_664_958_976, 32_182_654_976),
    ("openai/gpt-oss-20b", 20_914_757_184, 4_187_440_704), // Hub
    ("openai/gpt-oss-120b", 116_829_156_672, 5_711_982_912), // Hub
    ("THUDM/GLM-4-9B-0414", 9_400_279_040, 9_400_279_040), // Hub
    ("zai-org/GLM-4.5-Air", 106_852_245_504, 13_424_123_904), // Hub 110_468_824_832, with the layer that predicts
    ("zai-org/GLM-4.5", 352_797_814_784, 33_632_251_904), // Hub 358_337_791_296, with the layer that predicts
    ("zai-org/GLM-4.7-Flash", 29_943_390_976, 3_896_763_136), // Hub 31_221_488_576, with the prediction below
    ("zai-org/GLM-5", 743_911_199_232, 41_784_709_632),
    ("microsoft/phi-2", 2_779_683_840, 2_779_683_840), // Hub
    ("microsoft/Phi-3-mini-4k-instruct", 3_821_079_552, 3_821_079_552), // Hub
    ("microsoft/Phi-3.5-mini-instruct", 3_821_079_552, 3_821_079_552), // Hub
    ("microsoft/Phi-3-medium-4k-instruct", 13_960_238_080, 13_960_238_080), // Hub
    ("microsoft/Phi-4-mini-instruct", 3_836_021_760, 3_836_021_760), // Hub
    ("microsoft/Phi-4-multimodal-instruct", 3_836_021_760, 3_836_021_760), // Phi-4-mini's, without vision, speech and adapters
    ("microsoft/phi-4", 14_659_507_200, 14_659_507_200), // Hub
    ("CohereForAI/aya-23-8B", 8_028_033_024, 8_028_033_024),
    ("CohereForAI/c4ai-command-r7b-12-2024", 8_028_033_024, 8_028_033_024),
    ("CohereForAI/c4ai-command-r-v01", 34_980_831_232, 34_980_831_232),
    ("CohereForAI/c4ai-command-r-plus", 103_810_674_688, 103_810_674_688),
    ("allenai/OLMo-2-1124-7B", 7_298_617_344, 7_298_617_344), // Hub
    ("allenai/OLMo-2-1124-13B", 13_716_198_400, 13_716_198_400), // Hub
    ("allenai/Olmo-3-1025-7B", 7_298_011_136, 7_298_011_136), // Hub
    ("allenai/Olmo-3-1125-32B", 32_233_522_176, 32_233_522_176), // Hub
    ("allenai/OLMoE-1B-7B-0924", 6_919_161_856, 1_282_017_280), // Hub
    ("bigcode/starcoder", 15_517_456_384, 15_517_456_384), // Hub
    ("bigcode/starcoder2-3b", 3_030_371_328, 3_030_371_328),
    ("stabilityai/stablelm-2-1_6b", 1_644_515_328, 1_644_515_328), // Hub
    ("stabilityai/stablelm-3b-4e1t", 2_795_443_200, 2_795_443_200),
    ("tiiuae/falcon-7b", 6_921_720_704, 6_921_720_704),
    ("tiiuae/falcon-40b", 41_303_293_952, 41_303_293_952),
    ("ByteDance-Seed/Seed-OSS-36B-Instruct", 36_151_104_512, 36_151_104_512),
    ("baidu/ERNIE-4.5-0.3B-PT", 360_748_032, 360_748_032), // Hub
    ("baidu/ERNIE-4.5-21B-A3B-PT", 21_825_437_888, 3_352_150_208), // Hub
    ("LGAI-EXAONE/EXAONE-4.0-32B", 32_003_216_384, 32_003_216_384), // Hub
    ("LGAI-EXAONE/EXAONE-3.0-7.8B-Instruct", 7_818_448_896, 7_818_448_896),
    ("tencent/Hunyuan-A13B-Instruct", 80_393_183_232, 12_747_448_320), // Hub
    ("rednote-hilab/dots.llm1.inst", 142_774_373_888, 14_016_581_120), // Hub 142_774_381_696, with a correction per routed expert
    ("microsoft/Phi-3.5-MoE-instruct", 41_873_153_344, 6_640_999_744), // Hub
    ("MiniMaxAI/MiniMax-M2", 228_689_748_992, 11_030_537_216),
    ("MiniMaxAI/MiniMax-Text-01", 456_089_655_296, 48_403_306_496),
    ("moonshotai/Kimi-Linear-48B-A3B-Instruct", 49_122_675_072, 3_484_453_248),
    ("openbmb/MiniCPM3-4B", 4_073_875_968, 4_073_875_968),
    ("upstage/Solar-Open-100B", 102_651_793_408, 12_054_827_008),
    ("ibm-granite/granite-3.1-1b-a400m-instruct", 1_334_628_352, 428_658_688), // Hub
    ("nvidia/Minitron-4B-Base", 4_190_509_056, 4_190_509_056),
    ("nvidia/NVIDIA-Nemotron-Nano-9B-v2", 8_888_227_328, 8_888_227_328), // Hub
    ("nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16", 31_577_937_344, 3_580_073_408),
    ("ibm-granite/granite-4.0-h-tiny", 6_939_037_248, 1_465_470_528), // Hub
    ("mistralai/Mamba-Codestral-7B-v0.1", 7_285_403_648, 7_285_403_648),
    ("state-spaces/mamba-2.8b-hf", 2_768_345_600, 2_768_345_600),
    ("tiiuae/falcon-mamba-7b", 7_272_665_088, 7_272_665_088),
    ("ai21labs/Jamba-v0.1", 51_570_323_328, 12_110_311_296),
    ("LiquidAI/LFM2-1.2B", 1_170_340_608, 1_170_340_608), // Hub
    ("databricks/dbrx-base", 131_596_523_520, 36_469_708_800), // Hub
    ("mosaicml/mpt-7b", 6_649_286_656, 6_649_286_656), // Hub
    ("openai-community/gpt2", 124_439_808, 124_439_808),
    ("openai-community/gpt2-xl", 1_557_611_200, 1_557_611_200),
    ("EleutherAI/gpt-neo-1.3B", 1_315_575_808, 1_315_575_808),
    ("EleutherAI/gpt-neo-2.7B", 2_651_307_520, 2_651_307_520),
    ("EleutherAI/gpt-j-6b", 6_050_882_784, 6_050_882_784),
    ("EleutherAI/gpt-neox-20b", 20_554_567_680, 20_554_567_680), // model card
    ("EleutherAI/pythia-1.4b", 1_414_647_808, 1_414_647_808), // model card
    ("EleutherAI/pythia-6.9b", 6_857_302_016, 6_857_302_016), // model card
    ("EleutherAI/pythia-12b", 11_846_072_320, 11_846_072_320), // model card
    ("facebook/opt-125m", 125_239_296, 125_239_296),
    ("facebook/opt-350m", 331_196_416, 331_196_416),
    ("facebook/opt-6.7b", 6_658_473_984, 6_658_473_984),
    ("facebook/opt-66b", 65_719_701_504, 65_719_701_504),
    ("bigscience/bloom", 176_247_271_424, 176_247_271_424), // Hub
];

fn parameters(entry: &Entry) -> Parameters {
    let model = entry.model().unwrap();
    let report = crate::engine::analyze(&model, &Default::default(), &Default::default(), None).unwrap();
    report.model.parameters
}

#[test]
fn every_built_in_model_builds_to_its_published_size() {
    for (id, total, active) in SIZES {
        let entry = find(id).unwrap();
        let sizes = parameters(entry);
        assert_eq!((sizes.total, sizes.active), (*total, *active), "{id}");
    }
    let sized: HashSet<_> = SIZES.iter().map(|row| find(row.0).unwrap().config).collect();
    for entry in MODELS {
        assert!(sized.contains(entry.config), "{} has no size to hold against", entry.id);
    }
}

#[test]
fn published_tensors_that_predict_are_counted_apart() {
    // R1's 684,489,845,504 on the Hub: the model, its layer that predicts, the embedding and the head that
    // this layer stores once more, and a correction per routed expert that is no parameter.
    let sizes = parameters(find("deepseek-ai/DeepSeek-R1").unwrap());
    let copies = 2 * 129_280 * 7168;
    let corrections = (58 + 1) * 256;
    assert_eq!(sizes.total + sizes.prediction + copies + corrections, 684_489_845_504);
    // V3.2's 685,396,921,376 with a scale of four bytes for each block of 128 × 128 quantised weights.
    let sizes = parameters(find("deepseek-ai/DeepSeek-V3.2").unwrap());
    let scales = 41_591_584;
    assert_eq!(sizes.total + sizes.prediction + copies + corrections + scales, 685_396_921_376);
    // GLM-4.7-Flash's 31,221,488,576.
    let sizes = parameters(find("zai-org/GLM-4.7-Flash").unwrap());
    let (copies, corrections) = (2 * 154_880 * 2048, 47 * 64);
    assert_eq!(sizes.total + sizes.prediction + copies + corrections, 31_221_488_576);
}

#[test]
fn ids_are_unique_and_found_in_any_case() {
    let ids: HashSet<_> = MODELS.iter().map(|entry| entry.id.to_lowercase()).collect();
    assert_eq!(ids.len(), MODELS.len());
    for entry in MODELS {
        assert_eq!(find(&entry.id.to_lowercase()), Some(entry));
        assert_eq!(find(&entry.id.to_uppercase()), Some(entry));
    }
    assert_eq!(find("nobody/nothing"), None);
    assert!(find(DEFAULT_ID).is_some());
}

#[test]
fn configs_hold_what_is_read_and_little_is_left_to_defaults() {
    // Keys that the published configs leave out too, with a default that none of these models changes.
    let defaults = [
        "head_dim",
        "attention_bias",
        "qkv_bias",
        "mlp_bias",
        "partial_rotary_factor",
        "num_nextn_predict_layers",
        "enable_bias",
        "layer_norm_elementwise_affine",
        "_remove_final_layer_norm",
        "multi_query",
        "num_ln_in_parallel_attn",
    ];
    for entry in MODELS {
        let model = entry.model().unwrap();
        let unread: Vec<_> = model.ignored.iter().filter(|key| *key != "quantization_config").collect();
        assert!(unread.is_empty(), "{}: nothing reads {unread:?}", entry.id);
        let assumed = model.reads.iter().filter(|read| read.assumed.is_some()).map(|read| read.key.as_str());
        for key in assumed {
            // The one that stands for configs from before grouped queries.
            let old = entry.id == "huggyllama/llama-7b" && key == "num_key_value_heads";
            assert!(old || defaults.contains(&key), "{} leaves {key} to its default", entry.id);
        }
    }
}

#[test]
fn prediction_layers_are_counted_apart() {
    // The tensors on the Hub beyond the model itself, router corrections and copied tables left out.
    for (id, counted) in [
        ("deepseek-ai/DeepSeek-R1", 11_610_067_968),
        ("zai-org/GLM-4.5", 3_988_069_632),
        ("zai-org/GLM-4.5-Air", 2_375_059_456),
        ("meta-llama/Llama-3.1-8B", 0),
    ] {
        assert_eq!(parameters(find(id).unwrap()).prediction, counted, "{id}");
    }
}
