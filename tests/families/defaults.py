#!/usr/bin/env python3
"""Writes defaults.json: what each family's configuration class in transformers assumes for keys that are
missing. No PyTorch is needed.

    pip install transformers==4.57.6
    python tests/families/defaults.py

Families that came later (RECENT) are read from 5.24.0: the script writes the rows of the release that it finds and
leaves the others as they are.
"""

import inspect
import json
import pathlib
import re

import transformers
from transformers import CONFIG_MAPPING, PretrainedConfig

HERE = pathlib.Path(__file__).parent
IS_RECENT = int(transformers.__version__.split(".")[0]) >= 5
FAMILIES = """
    arcee aria_text bloom codegen cohere cohere2 dbrx deepseek_v2 deepseek_v3 dots1 ernie4_5 ernie4_5_moe exaone4
    falcon gemma gemma2 gemma3_text glm glm4 glm4_moe glm4v_moe_text glm4v_text gpt2 gpt_bigcode gpt_neo gpt_neox
    gpt_oss gptj granite granitemoe granitemoeshared helium hunyuan_v1_dense hunyuan_v1_moe llama llama4_text
    ministral mistral mixtral mpt nemotron olmo olmo2 olmo3 olmoe opt persimmon phi phi3 phi4_multimodal phimoe
    qwen2 qwen2_5_vl_text qwen2_moe qwen2_vl_text qwen3 qwen3_moe qwen3_next qwen3_vl_moe_text qwen3_vl_text
    seed_oss smollm3 stablelm starcoder2
""".split()
RECENT = """
    afmoe apertus apertus1p5_text axk1 bailing_hybrid bamba beam bitnet cohere2_moe cohere_compass_text cwm
    deepseek_v32 deepseek_v4 dots3_note_text exaone exaone_moe falcon_h1 falcon_mamba flex_olmo flint gemma3n_text
    gemma4_text gemma4_unified_text glm4_moe_lite glm_moe_dsa granite_swa granitemoe_swa granitemoehybrid hy_v3
    hy_v4 hyperclovax internlm3 iquestcoder jais2 jamba kimi_linear kolibri1 laguna lara_mini lfm2 lfm2_moe lfm3
    longcat_flash mamba mamba2 mellum mimo_v2_flash minicpm3 minimax minimax_m2 minimax_m3_vl_text ministral3
    mistral4 nanochat nemotron_h olmo_hybrid qwen3_5_moe_text qwen3_5_text sarvam_mla sarvam_moe solar_open step3p5
    vaultgemma youtu zamba2
""".split()

# What neither adds a weight nor changes what is computed: training, numerics, the choice among experts,
# scaling by constants, how far positions reach where they are rotated; and what is not the text model.
NO_SHAPE = re.compile(
    r"eps(ilon)?$|drop|_token_id$|initializer|init_std|^rope_|^rotary_emb_base|^summary_|use_cache|pretraining_tp"
    r"|router_|aux_loss|norm_topk_prob|^n_group$|^topk_|scoring_func|seq_aux|slow_but_exact|fp32|clip_qkv"
    r"|scaling_factor|(?<!dim)_multiplier$|logits_scaling|logit_scale|^scale_attn|reorder|attn_scale|floor_scale"
    r"|temperature_tuning|query_pre_attn_scalar|final_logit_softcapping|bidirectional|rope_local|rope_interleave"
    r"|^n_ctx$|max_seq_len|pdrop|^init_device$|^verbose$|attn_impl|softmax_scale|alibi_bias_max|prefix_lm"
    r"|uses_sequence_id|moe_(loss|normalize|norm_min)|jitter|original_max_position|apply_residual_connection_post_layernorm|^_sliding_window_pattern$|^model_type$"
    r"|^(mamba_)?(time_step|dt)_(?!rank)|(?<!attention_)chunk_size$|_multipliers$|num_logits_to_keep|residual_in_fp32|rescale_prenorm|z_loss"
    r"|_kernels$|cache_dtype$|norm_before_gate$|_expert_bias$|expert_overlap$|^mtp_"
    r"|^mup_enabled$|^route_scale$|^scale_emb$|^scale_depth$|^dim_model_base$"
    r"|^expert_selection_fn$|^shared_expert_combination_strategy$|^attention_value_scale$|^swiglu_(limits|alpha)|^hc_magnitude$|^learnable_sink_init$|^compress_rope_theta$"
    r"|a_log_m|^linear_dt_|neg_eigval$"
    r"|^kda_|_(alpha|beta)_factor$|^block_size$|^model_max_length$|^num_expert_group$|^moe_renormalize$"
    r"|^(vision|audio)_config"
    r"|^use_mambapy$|^use_associative_scan$|^altup_(active_idx|coef_clip)$|^use_mem_eff_path$|^pooling$|^use_long_context$"
)
# The number of positions is a shape where they are learned.
LEARNED = {"gpt2", "gpt_bigcode", "gpt_neo", "opt"}

# What is given besides the family: some classes leave a hole, and some defaults show only behind a switch.
GIVEN = {
    "deepseek_v2": [dict(num_experts_per_tok=6)],
    "dots1": [
        dict(n_routed_experts=128, num_experts_per_tok=6, n_shared_experts=2),
        dict(n_routed_experts=128, num_experts_per_tok=6, n_shared_experts=2, max_window_layers=9),
    ],
    "afmoe": [{}, dict(global_attn_every_n_layers=3)],
    "exaone_moe": [{}, dict(sliding_window_pattern=3, first_k_dense_replace=3)],
    "cohere2_moe": [{}, dict(first_k_dense_replace=5, prefix_dense_sliding_window_pattern=2)],
    "laguna": [{}, dict(num_attention_heads_per_layer=[48, 64] * 20)],
    "gemma3n_text": [{}, dict(num_hidden_layers=7, num_kv_shared_layers=1)],
    "gemma4_text": [
        {}, dict(attention_k_eq_v=True),
        dict(enable_moe_block=True, num_experts=16, top_k_experts=4, moe_intermediate_size=128),
    ],
    "gemma4_unified_text": [{}, dict(attention_k_eq_v=True)],
    "step3p5": [{}, dict(num_sliding_attention_heads=64)],
    "exaone4": [{}, dict(sliding_window_pattern=3)],
    "glm4_moe": [dict(head_dim=128)],
    "glm4v_moe_text": [dict(head_dim=128)],
    "bamba": [{}, dict(attn_layer_indices=[1, 30])],
    "glm_moe_dsa": [
        {}, dict(index_topk_freq=4), dict(index_topk_freq=3, index_skip_topk_offset=4, num_hidden_layers=12),
    ],
    "deepseek_v4": [{}, dict(qk_rope_head_dim=64)],
    "falcon_h1": [{}, dict(mamba_d_ssm=2048)],
    "granitemoehybrid": [{}, dict(num_hidden_layers=2, layer_types=["attention", "mamba"])],
    "lfm2": [{}, dict(full_attn_idxs=[2, 5]), dict(block_auto_adjust_ff_dim=False)],
    "lfm2_moe": [dict(num_hidden_layers=3, layer_types=["conv", "full_attention", "conv"])],
    "axk1": [{}, dict(first_k_dense_replace=3, moe_layer_freq=2, num_hidden_layers=8)],
    "flint": [{}, dict(num_hidden_layers=7, mlp_only_layers=[0, 3])],
    "kolibri1": [{}, dict(sliding_window=None, num_hidden_layers=2, layer_types=["full_attention"] * 2)],
    "mellum": [
        {}, dict(num_nextn_predict_layers=1, mtp_layer_types=["full_attention"], mtp_mlp_layer_types=["dense"]),
    ],
    "granite_swa": [{}, dict(layer_rope_theta=[0, 10000, 500000, 0] * 6)],
    "lfm3": [{}, dict(num_hidden_layers=3, layer_types=["conv", "sliding_attention", "full_attention"])],
    "olmo_hybrid": [{}, dict(num_hidden_layers=2), dict(linear_num_key_heads=10, linear_value_head_dim=128)],
    "bailing_hybrid": [{}, dict(layer_group_size=4, num_hidden_layers=9)],
    "minimax": [{}, dict(num_hidden_layers=2, layer_types=["linear_attention", "full_attention"])],
    "nemotron_h": [{}, dict(layers_block_type=["mamba", "attention"])],
    "cohere2": [{}, dict(sliding_window_pattern=3)],
    "falcon": [{}, dict(new_decoder_architecture=True, num_ln_in_parallel_attn=2)],
    "gemma3_text": [{}, dict(sliding_window_pattern=4)],
    "llama4_text": [
        {}, dict(interleave_moe_layer_step=3, no_rope_layer_interval=5), dict(moe_layers=[1, 4, 9]),
    ],
    "helium": [{}, dict(num_attention_heads=40)],
    "ministral": [{}, dict(sliding_window=None)],
    "qwen2": [{}, dict(use_sliding_window=True), dict(use_sliding_window=True, max_window_layers=7)],
    "qwen2_vl_text": [{}, dict(use_sliding_window=True, max_window_layers=7)],
    "qwen2_5_vl_text": [{}, dict(use_sliding_window=True)],
    "qwen2_moe": [{}, dict(use_sliding_window=True), dict(mlp_only_layers=[0, 3])],
    "llama": [{}, dict(hidden_size=2048)],
    "qwen3": [{}, dict(hidden_size=2048), dict(use_sliding_window=True)],
    "qwen3_moe": [{}, dict(use_sliding_window=True), dict(mlp_only_layers=[0, 3])],
    "qwen3_vl_moe_text": [{}, dict(mlp_only_layers=[0, 3])],
    "qwen3_5_text": [{}, dict(full_attention_interval=5)],
    "qwen3_next": [{}, dict(full_attention_interval=5, mlp_only_layers=[0, 3])],
    "smollm3": [{}, dict(use_sliding_window=True, sliding_window=512, no_rope_layer_interval=3)],
}


def defaults(model_type, given):
    built = CONFIG_MAPPING[model_type]
    common = PretrainedConfig().to_dict()
    config = {}
    for key, value in built(**given).to_dict().items():
        if isinstance(value, dict) and common.keys() - value.keys() <= {"transformers_version"}:
            # A configuration within the configuration.
            own = {inner: v for inner, v in value.items() if inner not in common}
            config.update({f"{key}.{inner}": v for inner, v in own.items() if not NO_SHAPE.search(inner)})
        else:
            config[key] = value
    found = {
        key: value
        for key, value in config.items()
        if (key not in common or value != common[key] or key == "tie_word_embeddings")
        and not NO_SHAPE.search(key)
        and (key not in ("max_position_embeddings", "n_positions") or model_type in LEARNED)
    }
    # Kept among other things that are no shape.
    if "partial_rotary_factor" in (rope := config.get("rope_parameters") or {}):
        found["partial_rotary_factor"] = rope["partial_rotary_factor"]
    # Keys that shape a list and are not kept themselves.
    for key, value in re.findall(r'kwargs\.(?:get|pop)\("(\w+)", (\d+)\)', inspect.getsource(built)):
        found[key] = given.get(key, int(value))
    for name, parameter in inspect.signature(built.__init__).parameters.items():
        if name == "no_rope_layer_interval":
            found[name] = given.get(name, parameter.default)
    return {"model_type": model_type, "given": given, "class": built.__name__, "values": found}


def main():
    file = HERE / "defaults.json"
    of_release = RECENT if IS_RECENT else FAMILIES
    rows = [row for row in json.loads(file.read_text()) if row["model_type"] not in of_release]
    rows += [defaults(model_type, given) for model_type in of_release for given in GIVEN.get(model_type, [{}])]
    order = {model_type: place for place, model_type in enumerate(FAMILIES + RECENT)}
    rows.sort(key=lambda row: order[row["model_type"]])
    text = ",\n".join(map(json.dumps, rows))
    file.write_text(f"[\n{text}\n]\n")


if __name__ == "__main__":
    main()
