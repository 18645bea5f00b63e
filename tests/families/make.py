#!/usr/bin/env python3
"""Builds a tiny model of every family with transformers and writes cases.json: its parameters, and the
FLOPs that PyTorch's counter sees for a few workloads.

    pip install torch transformers==4.57.1
    python tests/families/make.py

Families that came later (RECENT) are built with 5.24.0: the script makes the cases of the release that it finds
and leaves the others as they are.

Latent attention of 5.24 keeps latents and projects those of the whole context up at every step, as no runtime does:
its FLOPs are taken without a cache alone.

Left out of the FLOPs: the small product that builds the rotary table. No FLOPs are taken where the eager
code does other work than the model needs: Llama 4 and Qwen3-VL run every expert, DeepSeek-V3.2 scores every token
and masks most, linear attention and state spaces scan in chunks, and a convolution over a whole text runs over its
padding too.
"""

import copy
import json
import pathlib

import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM

HERE = pathlib.Path(__file__).parent
IS_RECENT = int(transformers.__version__.split(".")[0]) >= 5
WORKLOADS = [(0, 1, 1), (0, 5, 2), (3, 2, 1), (20, 1, 2), (0, 33, 1)]
NO_FLOPS = {
    "deepseek_v32", "glm_moe_dsa", "llama4_text", "minimax", "qwen3_5_moe_text", "qwen3_5_text", "qwen3_next",
    "qwen3_vl_moe_text",
}

SIZES = dict(
    vocab_size=300, hidden_size=96, intermediate_size=152, num_hidden_layers=5,
    num_attention_heads=6, num_key_value_heads=2, max_position_embeddings=512,
)
# It keeps all keys and masks those that are too far, so the window is wider than what workloads have cached.
GPT_NEO = dict(
    model_type="gpt_neo", vocab_size=300, hidden_size=96, num_layers=5, num_heads=6, max_position_embeddings=64,
    window_size=24,
)
GPT2 = dict(vocab_size=300, n_embd=96, n_layer=3, n_head=6, n_positions=64)
FALCON = dict(vocab_size=300, hidden_size=96, num_hidden_layers=3, num_attention_heads=6)
OPT = dict(FALCON, ffn_dim=152, max_position_embeddings=64, pad_token_id=1)
MOE = dict(num_experts=8, num_experts_per_tok=3, moe_intermediate_size=40)
LATENT = dict(
    kv_lora_rank=24, qk_nope_head_dim=20, qk_rope_head_dim=8, v_head_dim=36, num_key_value_heads=6,
)
MLA = dict(
    LATENT, n_routed_experts=8, num_experts_per_tok=3, moe_intermediate_size=40, n_group=2, topk_group=2,
)
LINEAR = dict(
    head_dim=32, linear_num_key_heads=2, linear_num_value_heads=4, linear_key_head_dim=16,
    linear_value_head_dim=24,
)
LLAMA4 = dict(
    intermediate_size=40, intermediate_size_mlp=152, num_local_experts=4, num_experts_per_tok=1,
    head_dim=16, num_hidden_layers=8,
)

# What is beside the text model, as small as can be.
PHI4_BESIDES = dict(
    pad_token_id=0, vision_config=dict(hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=1),
    audio_config=dict(hidden_size=16, intermediate_size=16, num_blocks=1, num_attention_heads=1, nemo_conv_channels=16),
)


def mrope(*sections):
    """How the rotated part of a head is shared between time, height and width."""
    return {"rope_type": "default", "mrope_section": sections}


CASES = {
    "llama": dict(SIZES, model_type="llama"),
    "llama, biased": dict(SIZES, model_type="llama", attention_bias=True, mlp_bias=True),
    "llama, tied, wide heads": dict(SIZES, model_type="llama", head_dim=20, tie_word_embeddings=True),
    "helium": dict(SIZES, model_type="helium", head_dim=16, attention_bias=True, mlp_bias=True),
    "arcee": dict(SIZES, model_type="arcee", attention_bias=True, mlp_bias=True),
    "aria_text": dict(
        SIZES, model_type="aria_text", moe_num_experts=8, moe_topk=3, attention_bias=True, mlp_bias=True, head_dim=20,
    ),
    "aria_text, tied": dict(
        SIZES, model_type="aria_text", moe_num_experts=4, moe_num_shared_experts=3, tie_word_embeddings=True,
    ),
    "seed_oss": dict(SIZES, model_type="seed_oss", head_dim=20),
    "seed_oss, null": dict(SIZES, model_type="seed_oss", head_dim=20, attention_bias=None),
    "ernie4_5": dict(SIZES, model_type="ernie4_5", head_dim=20, use_bias=True),
    "ernie4_5_moe": dict(
        SIZES, model_type="ernie4_5_moe", moe_num_experts=8, moe_k=3, moe_intermediate_size=40, use_bias=True,
        tie_word_embeddings=False,
    ),
    "ernie4_5_moe, some layers": dict(
        SIZES, model_type="ernie4_5_moe", moe_num_experts=8, moe_k=3, moe_intermediate_size=40,
        moe_num_shared_experts=0, moe_layer_start_index=1, moe_layer_end_index=3, moe_layer_interval=2,
    ),
    "exaone4": dict(SIZES, model_type="exaone4", sliding_window=8),
    "exaone4, full": dict(
        SIZES, model_type="exaone4", sliding_window=None, layer_types=["full_attention"] * 5,
        tie_word_embeddings=True,
    ),
    "hunyuan_v1_dense": dict(SIZES, model_type="hunyuan_v1_dense", head_dim=20, attention_bias=True),
    "hunyuan_v1_moe": dict(SIZES, model_type="hunyuan_v1_moe", head_dim=16, num_experts=8, moe_topk=3),
    "hunyuan_v1_moe, layer by layer": dict(
        SIZES, model_type="hunyuan_v1_moe", head_dim=16, num_experts=[8, 8, 4, 4, 2], moe_topk=[3, 2, 2, 2, 1],
    ),
    "dots1": dict(
        SIZES, model_type="dots1", n_routed_experts=8, num_experts_per_tok=3, n_shared_experts=2,
        moe_intermediate_size=40, first_k_dense_replace=2, sliding_window=8, max_window_layers=3,
        attention_bias=True,
    ),
    "nemotron": dict(SIZES, model_type="nemotron", attention_bias=True, mlp_bias=True, head_dim=20),
    "persimmon": dict(SIZES, model_type="persimmon", num_key_value_heads=6),
    "granitemoe": dict(SIZES, model_type="granitemoe", num_local_experts=8, num_experts_per_tok=3),
    "granitemoeshared": dict(
        SIZES, model_type="granitemoeshared", num_local_experts=8, num_experts_per_tok=3,
        shared_intermediate_size=56, attention_bias=True,
    ),
    "granite": dict(SIZES, model_type="granite", tie_word_embeddings=True),
    "smollm3": dict(SIZES, model_type="smollm3", pad_token_id=0),
    "smollm3, sliding": dict(
        SIZES, model_type="smollm3", pad_token_id=0, use_sliding_window=True, sliding_window=8,
        no_rope_layer_interval=2, tie_word_embeddings=False,
    ),
    "mistral": dict(SIZES, model_type="mistral", sliding_window=8),
    "mistral, nulls": dict(SIZES, model_type="mistral", sliding_window=None, num_key_value_heads=None),
    "mixtral": dict(
        SIZES, model_type="mixtral", sliding_window=8, num_local_experts=4, num_experts_per_tok=2, head_dim=20
    ),
    "qwen2": dict(SIZES, model_type="qwen2"),
    "qwen2, sliding": dict(
        SIZES, model_type="qwen2", use_sliding_window=True, sliding_window=8, max_window_layers=2
    ),
    "qwen2_vl_text": dict(SIZES, model_type="qwen2_vl_text", rope_scaling=mrope(2, 3, 3)),
    "qwen2_5_vl_text, sliding": dict(
        SIZES, model_type="qwen2_5_vl_text", rope_scaling=mrope(2, 3, 3), use_sliding_window=True,
        sliding_window=8, max_window_layers=2, tie_word_embeddings=True,
    ),
    "qwen3_vl_text": dict(
        SIZES, model_type="qwen3_vl_text", rope_scaling=mrope(4, 3, 3), head_dim=20, attention_bias=True
    ),
    "qwen3_vl_moe_text": dict(
        SIZES, **MOE, model_type="qwen3_vl_moe_text", rope_scaling=mrope(4, 3, 3), head_dim=20,
        mlp_only_layers=[1],
    ),
    "qwen3_vl_moe_text, divided": dict(SIZES, **MOE, model_type="qwen3_vl_moe_text", rope_scaling=mrope(2, 3, 3)),
    "glm4v_text": dict(SIZES, model_type="glm4v_text", rope_scaling=mrope(2, 3, 3), pad_token_id=0),
    "glm4v_moe_text": dict(
        SIZES, model_type="glm4v_moe_text", rope_scaling=mrope(1, 1, 2), n_routed_experts=8,
        num_experts_per_tok=3, moe_intermediate_size=40, first_k_dense_replace=2, n_group=1, topk_group=1,
        pad_token_id=0,
    ),
    "qwen3": dict(SIZES, model_type="qwen3", attention_bias=True, head_dim=20),
    "qwen2_moe, every other layer": dict(
        SIZES, **MOE, model_type="qwen2_moe", shared_expert_intermediate_size=56, decoder_sparse_step=2,
        mlp_only_layers=[1],
    ),
    "qwen3_moe": dict(SIZES, **MOE, model_type="qwen3_moe", mlp_only_layers=[0], head_dim=20, attention_bias=True),
    "qwen3_next": dict(
        SIZES, **MOE, **LINEAR, model_type="qwen3_next", shared_expert_intermediate_size=56
    ),
    "gemma": dict(SIZES, model_type="gemma", head_dim=32),
    "gemma2": dict(SIZES, model_type="gemma2", head_dim=32, sliding_window=8),
    "gemma3_text": dict(SIZES, model_type="gemma3_text", head_dim=32, sliding_window=8, num_hidden_layers=7),
    "gemma3_text, pattern": dict(
        SIZES, model_type="gemma3_text", head_dim=32, sliding_window=8, sliding_window_pattern=3,
        attention_bias=True,
    ),
    "phi": dict(SIZES, model_type="phi"),
    "phi, tied": dict(SIZES, model_type="phi", tie_word_embeddings=True),
    "phi, normed": dict(SIZES, model_type="phi", qk_layernorm=True, num_key_value_heads=3),
    "phi3": dict(
        SIZES, model_type="phi3", sliding_window=8, pad_token_id=0, partial_rotary_factor=0.5,
        tie_word_embeddings=True,
    ),
    "phi4_multimodal": dict(
        SIZES, **PHI4_BESIDES, model_type="phi4_multimodal", sliding_window=8, partial_rotary_factor=0.75,
        tie_word_embeddings=True,
    ),
    "phi4_multimodal, untied": dict(SIZES, **PHI4_BESIDES, model_type="phi4_multimodal", head_dim=20),
    "phimoe": dict(
        SIZES, model_type="phimoe", num_local_experts=4, num_experts_per_tok=2, attention_bias=True,
        lm_head_bias=True,
    ),
    "deepseek_v2, direct queries": dict(
        SIZES, **dict(MLA, n_group=1, topk_group=1), model_type="deepseek_v2", q_lora_rank=None,
        n_shared_experts=2, first_k_dense_replace=1, attention_bias=True,
    ),
    "deepseek_v3": dict(
        SIZES, **MLA, model_type="deepseek_v3", q_lora_rank=48, n_shared_experts=1, first_k_dense_replace=2
    ),
    "deepseek_v3, direct queries": dict(
        SIZES, **MLA, model_type="deepseek_v3", q_lora_rank=None, n_shared_experts=2, tie_word_embeddings=True
    ),
    "gpt_oss": dict(
        SIZES, model_type="gpt_oss", num_local_experts=8, num_experts_per_tok=3, sliding_window=8, head_dim=16
    ),
    "gpt2": dict(GPT2, model_type="gpt2"),
    "gpt2, untied": dict(GPT2, model_type="gpt2", n_inner=77, tie_word_embeddings=False),
    "gpt_bigcode": dict(GPT2, model_type="gpt_bigcode"),
    "gpt_bigcode, all heads": dict(GPT2, model_type="gpt_bigcode", multi_query=False, n_inner=100),
    "gpt_neo": dict(GPT_NEO, attention_types=[[["global", "local"], 1], [["local"], 3]]),
    "gpt_neo, listed": dict(
        GPT_NEO, attention_types=[[["global"], 5]], attention_layers=["local", "global", "global", "local", "local"],
        intermediate_size=152, tie_word_embeddings=False,
    ),
    "gpt_neox": dict(SIZES, model_type="gpt_neox"),
    "gpt_neox, in turn": dict(
        SIZES, model_type="gpt_neox", use_parallel_residual=False, attention_bias=False, tie_word_embeddings=True
    ),
    "gptj": dict(GPT2, model_type="gptj", rotary_dim=8, n_inner=120),
    "codegen": dict(GPT2, model_type="codegen", n_head=4, rotary_dim=8, n_inner=120),
    "mpt": dict(vocab_size=300, d_model=96, n_layers=3, n_heads=6, model_type="mpt"),
    "dbrx": dict(
        vocab_size=300, d_model=96, n_layers=3, n_heads=6, model_type="dbrx",
        attn_config=dict(kv_n_heads=2, clip_qkv=8.0),
        ffn_config=dict(ffn_hidden_size=56, moe_num_experts=4, moe_top_k=2),
    ),
    "opt": dict(OPT, model_type="opt"),
    "opt, projected": dict(OPT, model_type="opt", word_embed_proj_dim=48, do_layer_norm_before=False),
    "opt, no final norm": dict(
        OPT, model_type="opt", _remove_final_layer_norm=True, tie_word_embeddings=False
    ),
    "bloom": dict(vocab_size=300, hidden_size=96, n_layer=3, n_head=6, model_type="bloom"),
    "falcon": dict(FALCON, model_type="falcon"),
    "falcon, newer": dict(FALCON, model_type="falcon", new_decoder_architecture=True, num_kv_heads=2),
    "falcon, newer, one norm": dict(
        FALCON, model_type="falcon", new_decoder_architecture=True, num_kv_heads=2,
        num_ln_in_parallel_attn=1, bias=True,
    ),
    "falcon, in turn": dict(
        FALCON, model_type="falcon", multi_query=False, parallel_attn=False, bias=True, alibi=True,
        ffn_hidden_size=200,
    ),
    "olmo": dict(SIZES, model_type="olmo"),
    "olmo2": dict(SIZES, model_type="olmo2"),
    "olmo3": dict(SIZES, model_type="olmo3", sliding_window=8),
    "olmoe": dict(SIZES, model_type="olmoe", num_experts=8, num_experts_per_tok=3),
    "starcoder2": dict(SIZES, model_type="starcoder2"),
    "starcoder2, unbiased": dict(
        SIZES, model_type="starcoder2", use_bias=False, sliding_window=8, tie_word_embeddings=False
    ),
    "stablelm": dict(SIZES, model_type="stablelm", use_qkv_bias=True),
    "stablelm, parallel": dict(SIZES, model_type="stablelm", use_parallel_residual=True),
    "cohere": dict(SIZES, model_type="cohere", use_qk_norm=True),
    "cohere, untied": dict(SIZES, model_type="cohere", attention_bias=True, tie_word_embeddings=False),
    "cohere2": dict(SIZES, model_type="cohere2", sliding_window=8),
    "glm": dict(SIZES, model_type="glm", head_dim=16, pad_token_id=0),
    "glm4": dict(SIZES, model_type="glm4", head_dim=16, pad_token_id=0),
    "glm4_moe": dict(
        SIZES, model_type="glm4_moe", n_routed_experts=8, num_experts_per_tok=3, moe_intermediate_size=40,
        first_k_dense_replace=2, n_shared_experts=2, use_qk_norm=True, attention_bias=True, head_dim=20,
        n_group=1, topk_group=1, pad_token_id=0,
    ),
    "llama4_text": dict(
        SIZES, **LLAMA4, model_type="llama4_text", attention_chunk_size=8, interleave_moe_layer_step=2,
        pad_token_id=0,
    ),
    "llama4_text, all mixed": dict(
        SIZES, **LLAMA4, model_type="llama4_text", use_qk_norm=False, pad_token_id=0, tie_word_embeddings=True
    ),
}

MAMBA = dict(
    SIZES, mamba_n_heads=12, mamba_d_head=16, mamba_d_state=20, mamba_n_groups=2, mamba_d_conv=3, pad_token_id=0,
)
NEMOTRON_H = dict(
    SIZES, model_type="nemotron_h", head_dim=20, mamba_num_heads=12, mamba_head_dim=10, ssm_state_size=20, n_groups=3,
    conv_kernel=3, pad_token_id=0, moe_intermediate_size=40, moe_shared_expert_intermediate_size=56,
    num_experts_per_tok=3,
)

DSA = dict(
    SIZES, **MLA, q_lora_rank=32, qk_head_dim=28, index_topk=12, index_head_dim=16, index_n_heads=4,
    first_k_dense_replace=2,
)

WITHOUT_DENSE = {key: value for key, value in SIZES.items() if key != "intermediate_size"}
GEMMA3N = dict(
    model_type="gemma3n_text", head_dim=20, sliding_window=8, hidden_size_per_layer_input=10,
    vocab_size_per_layer_input=310, laurel_rank=14, altup_num_inputs=3,
)
GEMMA4 = dict(head_dim=16, global_head_dim=24, sliding_window=8, num_hidden_layers=7)
STEP = dict(
    head_dim=20, moe_intermediate_size=40, sliding_window=8,
    layer_types=["full_attention", "sliding_attention", "sliding_attention", "full_attention", "sliding_attention"],
)
EVERY_SIXTH = dict(num_hidden_layers=7, num_attention_heads=12)
SHARED = dict(num_experts=8, num_experts_per_tok=3, moe_intermediate_size=40, num_shared_experts=2)
ROUTED = dict(
    n_routed_experts=8, num_experts_per_tok=3, moe_intermediate_size=40, n_shared_experts=2, n_group=1, topk_group=1,
)
DOTS3 = dict(
    MLA, q_lora_rank=32, index_topk=12, index_head_dim=16, index_n_heads=4, shared_experts_intermediate_size=44,
    sliding_window=8, swa_num_attention_heads=4, swa_num_key_value_heads=4, swa_q_lora_rank=30, swa_kv_lora_rank=26,
    pad_token_id=0,
)
LONGCAT = dict(
    LATENT, vocab_size=300, hidden_size=96, ffn_hidden_size=152, num_layers=3, num_attention_heads=6, q_lora_rank=32,
    n_routed_experts=8, moe_topk=3, expert_ffn_hidden_size=40, head_dim=8, max_position_embeddings=512,
)
M3 = dict(
    head_dim=20, num_local_experts=8, num_experts_per_tok=3, shared_intermediate_size=56, dense_intermediate_size=130,
)
V4 = dict(
    vocab_size=300, hidden_size=96, num_hidden_layers=5, num_attention_heads=6, head_dim=20, q_lora_rank=28,
    qk_rope_head_dim=8, n_routed_experts=8, num_experts_per_tok=3, moe_intermediate_size=40, o_groups=3, o_lora_rank=24,
    sliding_window=8, hc_mult=2, max_position_embeddings=512, pad_token_id=0,
)
SOME_SLIDING = ["sliding_attention", "sliding_attention", "full_attention", "sliding_attention", "full_attention"]
PURE = dict(vocab_size=300, hidden_size=96, num_hidden_layers=3, pad_token_id=0)
ZAMBA2 = dict(
    SIZES, model_type="zamba2", n_mamba_heads=12, mamba_d_state=20, mamba_ngroups=2, mamba_d_conv=3, adapter_rank=7,
)
SOME_DENSE = ["dense", "sparse", "sparse", "dense", "sparse"]

RECENT = {
    "deepseek_v32": dict(DSA, model_type="deepseek_v32", n_shared_experts=2, attention_bias=True),
    "deepseek_v32, listed": dict(
        DSA, model_type="deepseek_v32", mlp_layer_types=["dense", "sparse", "dense", "sparse", "sparse"],
    ),
    "deepseek_v4": dict(
        V4, model_type="deepseek_v4", index_n_heads=4, index_head_dim=12, index_topk=2, mlp_bias=True,
        compress_rates=dict(compressed_sparse_attention=3, heavily_compressed_attention=10),
    ),
    "deepseek_v4, numbered": dict(
        V4, model_type="deepseek_v4", compress_ratios=[0, 0, 128, 4, 128, 0], compress_rate_csa=2, compress_rate_hca=5,
        index_n_heads=4, index_head_dim=12, index_topk=3, hc_mult=3, tie_word_embeddings=True,
    ),
    "glm_moe_dsa": dict(DSA, model_type="glm_moe_dsa", index_topk_freq=2, index_skip_topk_offset=1),
    "glm_moe_dsa, listed": dict(
        DSA, model_type="glm_moe_dsa", indexer_types=["full", "shared", "shared", "full", "full"],
    ),
    "glm_moe_dsa, lettered": dict(DSA, model_type="glm_moe_dsa", index_topk_pattern="FFSSF"),
    "bamba": dict(MAMBA, model_type="bamba", attn_layer_indices=[1, 4], mamba_proj_bias=True),
    "bamba, unbiased": dict(MAMBA, model_type="bamba", mamba_conv_bias=False, mlp_bias=True, attention_bias=True),
    "granitemoehybrid": dict(
        MAMBA, model_type="granitemoehybrid", layer_types=["mamba", "mamba", "attention", "mamba", "attention"],
        num_local_experts=4, shared_intermediate_size=72,
    ),
    "granitemoehybrid, dense": dict(
        MAMBA, model_type="granitemoehybrid", layer_types=["attention"] * 5, num_local_experts=0,
        shared_intermediate_size=72, position_embedding_type="rope", tie_word_embeddings=True,
    ),
    "falcon_h1": dict(MAMBA, model_type="falcon_h1", mamba_d_ssm=192),
    "falcon_h1, normed": dict(
        MAMBA, model_type="falcon_h1", mamba_d_ssm=None, mamba_rms_norm=True, projectors_bias=True,
        mamba_proj_bias=True, mlp_bias=True, attention_bias=True,
    ),
    "nemotron_h": dict(
        NEMOTRON_H, layers_block_type=["mamba", "mlp", "mamba", "attention", "moe"], use_bias=True, mlp_bias=True,
    ),
    "nemotron_h, latent": dict(NEMOTRON_H, hybrid_override_pattern="MEM*E", moe_latent_size=24),
    "nemotron_h, feed-forward": dict(NEMOTRON_H, layers_block_type=["mlp", "attention", "moe", "mlp", "attention"]),
    "lfm2": dict(
        SIZES, model_type="lfm2", layer_types=["conv", "full_attention", "conv", "conv", "full_attention"],
        block_multiple_of=16, block_ffn_dim_multiplier=1.5, conv_bias=True, pad_token_id=0,
    ),
    "lfm2, attention": dict(
        SIZES, model_type="lfm2", block_auto_adjust_ff_dim=False, full_attn_idxs=[0, 1, 2, 3, 4], pad_token_id=0,
    ),
    "lfm2_moe": dict(
        SIZES, **MOE, model_type="lfm2_moe", num_dense_layers=1, pad_token_id=0,
        layer_types=["conv", "full_attention", "conv", "conv", "full_attention"],
    ),
    "qwen3_5_text": dict(SIZES, **LINEAR, model_type="qwen3_5_text", attention_bias=True),
    "qwen3_5_moe_text": dict(
        WITHOUT_DENSE, **MOE, **LINEAR, model_type="qwen3_5_moe_text",
        shared_expert_intermediate_size=56, full_attention_interval=2, tie_word_embeddings=True,
    ),
    "afmoe": dict(SIZES, **SHARED, model_type="afmoe", head_dim=20, num_dense_layers=2, sliding_window=8, attention_bias=True),
    "afmoe, every other": dict(
        SIZES, **dict(SHARED, num_shared_experts=1), model_type="afmoe", head_dim=16, global_attn_every_n_layers=2,
        sliding_window=8, tie_word_embeddings=True,
    ),
    "apertus": dict(SIZES, model_type="apertus", pad_token_id=0, attention_bias=True),
    "axk1": dict(SIZES, **MLA, model_type="axk1", q_lora_rank=48, n_shared_experts=2, attention_bias=True),
    "axk1, listed": dict(
        SIZES, **MLA, model_type="axk1", q_lora_rank=32, mlp_layer_types=SOME_DENSE, tie_word_embeddings=True
    ),
    "apertus1p5_text": dict(SIZES, model_type="apertus1p5_text", output_vocab_size=250, head_dim=20, attention_bias=True),
    "apertus1p5_text, tied": dict(
        SIZES, model_type="apertus1p5_text", output_vocab_size=250, tie_word_embeddings=True
    ),
    "beam": dict(
        SIZES, **MOE, model_type="beam", head_dim=20, sliding_window=8, n_group=2, topk_group=2, attention_bias=True
    ),
    "beam, rotated": dict(
        SIZES, **MOE, model_type="beam", head_dim=16, sliding_window=8, n_group=1, topk_group=1,
        layer_types=SOME_SLIDING, mlp_layer_types=SOME_DENSE, tie_word_embeddings=True, rope_parameters=dict(
            full_attention=dict(rope_type="default", rope_theta=5e5), sliding_attention=None,
        ),
    ),
    "bitnet": dict(SIZES, model_type="bitnet", attention_bias=True, tie_word_embeddings=True),
    "cohere2_moe": dict(
        SIZES, model_type="cohere2_moe", head_dim=16, num_experts=8, num_experts_per_tok=3, num_shared_experts=2,
        sliding_window=8, first_k_dense_replace=2, prefix_dense_intermediate_size=130, sliding_window_pattern=2,
    ),
    "cohere2_moe, otherwise": dict(
        SIZES, model_type="cohere2_moe", head_dim=20, num_experts=8, num_experts_per_tok=3, rms_norm_eps=1e-5,
        sliding_window=8, first_k_dense_replace=2, prefix_dense_sliding_window_pattern=2, attention_bias=True,
        tie_word_embeddings=False,
    ),
    "cohere_compass_text": dict(
        SIZES, model_type="cohere_compass_text", attention_bias=True, tie_word_embeddings=False,
        rope_parameters={"full_attention": mrope(2, 3, 3) | {"rope_theta": 1e4}},
    ),
    "cohere_compass_text, windows": dict(
        SIZES, model_type="cohere_compass_text", sliding_window=8, layer_types=SOME_SLIDING,
        rope_parameters={"full_attention": None, "sliding_attention": mrope(2, 3, 3) | {"rope_theta": 1e4}},
    ),
    "cwm": dict(SIZES, model_type="cwm", head_dim=20, sliding_window=8, mlp_bias=True),
    "dots3_note_text": dict(
        SIZES, **DOTS3, model_type="dots3_note_text", n_shared_experts=2, first_k_dense_replace=2, attention_bias=True,
        swa_qk_nope_head_dim=12, swa_qk_rope_head_dim=4, swa_head_dim=16, swa_v_head_dim=14,
    ),
    "dots3_note_text, listed": dict(
        SIZES, **DOTS3, model_type="dots3_note_text", mlp_layer_types=SOME_DENSE, use_dsa=False, swa_head_dim=28,
        swa_qk_nope_head_dim=20, tie_word_embeddings=True, moe_shared_expert_intermediate_size=56,
        layer_types=["sliding_attention", "full_attention", "sliding_attention", "sliding_attention", "full_attention"],
    ),
    "exaone": dict(SIZES, model_type="exaone", attention_bias=True, mlp_bias=True),
    "exaone_moe": dict(SIZES, **SHARED, model_type="exaone_moe", sliding_window=8, first_k_dense_replace=2),
    "exaone_moe, full": dict(
        SIZES, **SHARED, model_type="exaone_moe", layer_types=["full_attention"] * 5, mlp_layer_types=SOME_DENSE,
        tie_word_embeddings=True,
    ),
    "flint": dict(
        SIZES, **MOE, model_type="flint", head_dim=20, shared_expert_intermediate_size=56, sliding_window=8,
        attention_bias=True,
    ),
    "flint, listed": dict(
        SIZES, **MOE, model_type="flint", head_dim=16, shared_expert_intermediate_size=56, sliding_window=8,
        layer_types=SOME_SLIDING, mlp_only_layers=[2], decoder_sparse_step=2, tie_word_embeddings=True,
    ),
    "flex_olmo": dict(
        SIZES, model_type="flex_olmo", num_experts=8, num_experts_per_tok=3, attention_bias=True, pad_token_id=0
    ),
    "gemma3n_text": dict(SIZES, **GEMMA3N, num_kv_shared_layers=0, attention_bias=True),
    "gemma3n_text, shared": dict(
        SIZES, **dict(GEMMA3N, altup_num_inputs=4), num_kv_shared_layers=2, altup_correct_scale=False,
        layer_types=["sliding_attention", "full_attention"] * 2 + ["sliding_attention"],
        activation_sparsity_pattern=[0.9, 0.0, 0.5, 0.0, 0.0], tie_word_embeddings=False,
    ) | dict(intermediate_size=[152, 152, 88, 88, 40]),
    "gemma4_text": dict(
        SIZES, **GEMMA4, model_type="gemma4_text", hidden_size_per_layer_input=10, vocab_size_per_layer_input=310,
    ),
    "gemma4_text, shared": dict(
        SIZES, **dict(GEMMA4, num_hidden_layers=9), model_type="gemma4_text", hidden_size_per_layer_input=10,
        vocab_size_per_layer_input=310, num_kv_shared_layers=3, use_double_wide_mlp=True, attention_bias=True,
    ),
    "gemma4_text, values are keys": dict(
        SIZES, **GEMMA4, model_type="gemma4_text", hidden_size_per_layer_input=0, attention_k_eq_v=True,
        num_global_key_value_heads=1,
    ),
    "gemma4_text, mixed": dict(
        SIZES, **GEMMA4, model_type="gemma4_text", hidden_size_per_layer_input=0, enable_moe_block=True, num_experts=8,
        top_k_experts=3, moe_intermediate_size=40, tie_word_embeddings=False,
    ),
    "gemma4_unified_text": dict(
        SIZES, **GEMMA4, model_type="gemma4_unified_text", num_kv_shared_layers=3, use_double_wide_mlp=True,
        layer_types=SOME_SLIDING + ["sliding_attention", "full_attention"], attention_bias=True,
    ),
    "gemma4_unified_text, values are keys": dict(
        SIZES, **GEMMA4, model_type="gemma4_unified_text", attention_k_eq_v=True, num_global_key_value_heads=1,
        tie_word_embeddings=False,
    ),
    "glm4_moe_lite": dict(
        SIZES, **MLA, model_type="glm4_moe_lite", q_lora_rank=48, n_shared_experts=2, attention_bias=True
    ),
    "glm4_moe_lite, direct queries": dict(
        SIZES, **MLA, model_type="glm4_moe_lite", q_lora_rank=None, mlp_layer_types=SOME_DENSE,
        tie_word_embeddings=True,
    ),
    "hy_v3": dict(SIZES, **SHARED, model_type="hy_v3", head_dim=20, attention_bias=True, mlp_bias=True),
    "hy_v3, some layers": dict(SIZES, **SHARED, model_type="hy_v3", head_dim=16, mlp_layer_types=SOME_DENSE),
    "hy_v4": dict(
        SIZES, **MLA, model_type="hy_v4", q_lora_rank=32, index_topk=12, index_head_dim=16, index_n_heads=4,
        hc_mult=3, n_shared_experts=2, attention_bias=True, pad_token_id=0,
    ),
    "hy_v4, listed": dict(
        SIZES, **MLA, model_type="hy_v4", q_lora_rank=32, index_topk=12, index_head_dim=16, index_n_heads=4,
        hc_mult=2, mlp_layer_types=SOME_DENSE, indexer_types=["full", "shared", "shared", "full", "shared"],
        swiglu_limit=0.0, tie_word_embeddings=True, pad_token_id=0,
    ),
    "hyperclovax": dict(SIZES, model_type="hyperclovax", head_dim=20, attention_bias=True, mlp_bias=True),
    "hyperclovax, normed before": dict(SIZES, model_type="hyperclovax", head_dim=16, use_post_norm=False),
    "internlm3": dict(SIZES, model_type="internlm3", head_dim=20, attention_bias=True, mlp_bias=True),
    "iquestcoder": dict(SIZES, model_type="iquestcoder", head_dim=20),
    "jais2, divided": dict(SIZES, model_type="jais2"),
    "iquestcoder, divided": dict(SIZES, model_type="iquestcoder", head_dim=None),
    "jais2": dict(SIZES, model_type="jais2", head_dim=20),
    "jais2, unbiased": dict(
        SIZES, model_type="jais2", head_dim=16, attention_bias=False, mlp_bias=False, tie_word_embeddings=True
    ),
    "kolibri1": dict(
        WITHOUT_DENSE, **MOE, model_type="kolibri1", head_dim=20, shared_expert_intermediate_size=56, sliding_window=8,
    ),
    "kolibri1, listed": dict(
        WITHOUT_DENSE, **MOE, model_type="kolibri1", head_dim=16, shared_expert_intermediate_size=72, sliding_window=8,
        layer_types=SOME_SLIDING, tie_word_embeddings=True,
    ),
    "laguna": dict(
        SIZES, **MOE, model_type="laguna", head_dim=20, shared_expert_intermediate_size=56, attention_bias=True,
        sliding_window=8, num_attention_heads_per_layer=[6, 4, 6, 8, 2],
        layer_types=["full_attention", "sliding_attention", "sliding_attention", "full_attention", "sliding_attention"],
    ),
    "laguna, wide gates": dict(
        SIZES, **MOE, model_type="laguna", head_dim=16, shared_expert_intermediate_size=56, gating="per-element",
        mlp_layer_types=SOME_DENSE,
    ),
    "lara_mini": dict(
        WITHOUT_DENSE, **MOE, **LINEAR, model_type="lara_mini", shared_expert_intermediate_size=56, sliding_window=8,
        attention_bias=True,
    ),
    "lara_mini, attention": dict(
        WITHOUT_DENSE, **MOE, model_type="lara_mini", head_dim=20, shared_expert_intermediate_size=72, sliding_window=8,
        layer_types=SOME_SLIDING, tie_word_embeddings=False,
    ),
    "longcat_flash": dict(LONGCAT, model_type="longcat_flash", zero_expert_num=0, attention_bias=True),
    "longcat_flash, idle experts": dict(
        LONGCAT, model_type="longcat_flash", zero_expert_num=5, router_bias=True, tie_word_embeddings=True,
    ),
    "mellum": dict(SIZES, **MOE, model_type="mellum", head_dim=20, attention_bias=True),
    "mellum, sliding": dict(
        SIZES, **MOE, model_type="mellum", head_dim=16, sliding_window=8, layer_types=SOME_SLIDING,
        mlp_layer_types=SOME_DENSE, tie_word_embeddings=True,
    ),
    "mimo_v2_flash": dict(
        SIZES, **EVERY_SIXTH, model_type="mimo_v2_flash", head_dim=24, v_head_dim=16, sliding_window=8,
        n_routed_experts=8, num_experts_per_tok=3, moe_intermediate_size=40, attention_bias=True,
    ),
    "minicpm3": dict(
        SIZES, **LATENT, model_type="minicpm3", q_lora_rank=48, attention_bias=True, mlp_bias=True
    ),
    "minimax_m2": dict(
        SIZES, model_type="minimax_m2", head_dim=20, num_local_experts=8, num_experts_per_tok=3, rotary_dim=10
    ),
    "minimax_m3_vl_text": dict(
        SIZES, **M3, model_type="minimax_m3_vl_text", rotary_dim=10, mlp_layer_types=SOME_DENSE,
        layer_types=["full_attention", "minimax_m3_sparse", "minimax_m3_sparse", "full_attention", "full_attention"],
        index_n_heads=2, index_head_dim=12, index_block_size=4, index_topk_blocks=3,
    ),
    "minimax_m3_vl_text, as published": dict(
        SIZES, **M3, model_type="minimax_m3_vl_text", rotary_dim=10, moe_layer_freq=[0, 1, 1, 1, 1],
        tie_word_embeddings=True, sparse_attention_config=dict(
            sparse_attention_freq=[0, 0, 1, 1, 1], sparse_num_index_heads=2, sparse_index_dim=12, sparse_block_size=2,
            sparse_topk_blocks=4, sparse_local_block=2,
        ),
    ),
    "ministral3": dict(SIZES, model_type="ministral3", head_dim=20, pad_token_id=0),
    "ministral3, sliding": dict(SIZES, model_type="ministral3", sliding_window=8, pad_token_id=0, head_dim=16),
    "mistral4": dict(
        SIZES, **MLA, model_type="mistral4", q_lora_rank=48, n_shared_experts=2, first_k_dense_replace=2,
        pad_token_id=0,
    ),
    "nanochat": dict(SIZES, model_type="nanochat", attention_bias=True),
    "sarvam_mla": dict(SIZES, **MLA, model_type="sarvam_mla", first_k_dense_replace=2),
    "sarvam_moe": dict(SIZES, **ROUTED, model_type="sarvam_moe", head_dim=20, attention_bias=True),
    "sarvam_moe, not normed": dict(
        SIZES, **ROUTED, model_type="sarvam_moe", head_dim=16, use_qk_norm=False, first_k_dense_replace=3
    ),
    "solar_open": dict(WITHOUT_DENSE, **ROUTED, model_type="solar_open", head_dim=20, attention_bias=True),
    "step3p5": dict(
        SIZES, **STEP, model_type="step3p5", n_routed_experts=8, num_experts_per_tok=3, share_expert_dim=56,
        num_sliding_attention_heads=8, attention_bias=True, mlp_bias=True,
    ),
    "step3p5, as published": dict(
        SIZES, **STEP, model_type="step3p5", moe_num_experts=8, moe_top_k=3, share_expert_dims=56, moe_layers_enum="1,2,4",
        attention_other_setting=dict(num_attention_heads=4), partial_rotary_factors=[0.5, 1.0, 1.0, 0.5, 1.0],
    ),
    "mamba": dict(PURE, model_type="mamba", state_size=20, conv_kernel=3, use_bias=True),
    "mamba, untied": dict(
        PURE, model_type="mamba", state_size=10, time_step_rank=5, expand=3, use_conv_bias=False,
        tie_word_embeddings=False,
    ),
    "falcon_mamba": dict(
        PURE, model_type="falcon_mamba", state_size=20, conv_kernel=3, expand=16, intermediate_size=200,
    ),
    "jamba": dict(
        SIZES, model_type="jamba", num_experts=8, num_experts_per_tok=3, mamba_d_state=20, mamba_d_conv=3,
        mamba_dt_rank=7, mamba_proj_bias=True, attn_layer_period=3, attn_layer_offset=1,
    ),
    "jamba, dense": dict(
        SIZES, model_type="jamba", num_experts=1, num_experts_per_tok=1, attn_layer_period=2, attn_layer_offset=0,
        mamba_conv_bias=False, tie_word_embeddings=True,
    ),
    "jamba, attention": dict(
        SIZES, model_type="jamba", num_experts=8, num_experts_per_tok=3, attn_layer_period=1, attn_layer_offset=0,
    ),
    "mamba2": dict(
        PURE, model_type="mamba2", num_heads=12, head_dim=16, state_size=20, n_groups=2, conv_kernel=3, use_bias=True,
    ),
    "mamba2, unbiased": dict(
        PURE, model_type="mamba2", num_heads=9, head_dim=32, state_size=20, n_groups=3, expand=3, use_conv_bias=False,
        tie_word_embeddings=True,
    ),
    "granite_swa": dict(SIZES, model_type="granite_swa", sliding_window=8, attention_bias=True, mlp_bias=True),
    "granite_swa, listed": dict(
        SIZES, model_type="granite_swa", head_dim=20, sliding_window=8, layer_rope_theta=[0, 1e4, 1e4, 1e4, 0],
        layer_types=SOME_SLIDING, tie_word_embeddings=False,
    ),
    "granitemoe_swa": dict(
        SIZES, model_type="granitemoe_swa", num_local_experts=8, num_experts_per_tok=3, shared_intermediate_size=56,
        sliding_window=8, attention_bias=True,
    ),
    "granitemoe_swa, not shared": dict(
        SIZES, model_type="granitemoe_swa", num_local_experts=8, num_experts_per_tok=3, sliding_window=8,
        layer_types=SOME_SLIDING, tie_word_embeddings=True,
    ),
    "olmo_hybrid": dict(SIZES, model_type="olmo_hybrid", pad_token_id=0, attention_bias=True),
    "olmo_hybrid, not rotated": dict(
        SIZES, model_type="olmo_hybrid", pad_token_id=0, rope_parameters=dict(rope_theta=None, rope_type="default"),
        linear_num_key_heads=2, linear_num_value_heads=4, linear_key_head_dim=16, linear_value_head_dim=24,
        linear_conv_kernel_dim=3, layer_types=["linear_attention", "full_attention"] * 2 + ["linear_attention"],
    ),
    "lfm3": dict(SIZES, model_type="lfm3", head_dim=20, sliding_window=8, attention_bias=True, pad_token_id=0),
    "lfm3, normed before": dict(
        SIZES, model_type="lfm3", head_dim=16, sliding_window=8, use_attention_gate=False, use_sandwich_norm=False,
        layer_types=SOME_SLIDING, pad_token_id=0, tie_word_embeddings=False,
    ),
    "kimi_linear": dict(
        SIZES, **LATENT, model_type="kimi_linear", pad_token_id=0, q_lora_rank=None, num_local_experts=8,
        num_experts_per_tok=3, moe_intermediate_size=40, n_shared_experts=2, linear_num_heads=4, linear_head_dim=14, linear_conv_kernel_dim=3,
        attention_bias=True,
    ),
    "kimi_linear, as published": dict(
        SIZES, **LATENT, model_type="kimi_linear", pad_token_id=0, q_lora_rank=48, num_experts=8, num_experts_per_token=3,
        moe_intermediate_size=40, num_shared_experts=1, first_k_dense_replace=2,
        linear_attn_config=dict(
            head_dim=14, num_heads=4, short_conv_kernel_size=3, kda_layers=[1, 2, 4], full_attn_layers=[3, 5],
        ),
    ),
    "kimi_linear, full": dict(
        SIZES, **LATENT, model_type="kimi_linear", pad_token_id=0, num_experts=8, num_experts_per_token=3,
        moe_intermediate_size=40, layer_types=["full_attention"] * 5, mlp_layer_types=SOME_DENSE,
    ),
    "bailing_hybrid": dict(
        SIZES, **LATENT, model_type="bailing_hybrid", num_experts=8, num_experts_per_token=3, moe_intermediate_size=40,
        num_shared_experts=2, head_dim=14, short_conv_kernel_size=3, layer_group_size=2, n_group=2, topk_group=2,
        pad_token_id=0,
    ),
    "bailing_hybrid, full": dict(
        SIZES, **LATENT, model_type="bailing_hybrid", num_experts=8, num_experts_per_token=3, moe_intermediate_size=40,
        n_group=2, topk_group=2, layer_group_size=1, q_lora_rank=48, attention_bias=True, pad_token_id=0,
    ),
    "minimax": dict(SIZES, model_type="minimax", head_dim=20, num_local_experts=8, num_experts_per_tok=3),
    "minimax, listed": dict(
        SIZES, model_type="minimax", num_local_experts=8, num_experts_per_tok=3, sliding_window=8,
        layer_types=["linear_attention"] * 3 + ["full_attention"] * 2, tie_word_embeddings=True,
    ),
    "vaultgemma": dict(SIZES, model_type="vaultgemma", head_dim=32, sliding_window=8),
    "youtu": dict(SIZES, **LATENT, model_type="youtu", q_lora_rank=None, attention_bias=True),
    "zamba2": dict(
        ZAMBA2, num_key_value_heads=6, num_mem_blocks=2, use_shared_attention_adapter=True, use_mem_rope=True,
        add_bias_linear=True, layers_block_type=["mamba", "hybrid", "hybrid", "mamba", "hybrid"],
    ),
    "zamba2, one transformer": dict(
        ZAMBA2, use_conv_bias=False,
        layers_block_type=["hybrid", "linear_attention", "hybrid", "hybrid", "linear_attention"],
    ),
}


def flops(model, cached, new, batch):
    ids = torch.randint(2, 299, (batch, cached + new))
    with torch.no_grad():
        past = model(ids[:, :cached], use_cache=True).past_key_values if cached else None
        with FlopCounterMode(display=False) as counter:
            model(ids[:, cached:], past_key_values=past, use_cache=True)
    table = sum(
        sum(ops.values())
        for module, ops in counter.get_flop_counts().items()
        if module.split(".")[-1].startswith("rotary_emb")
        or (len(module.split(".")) > 1 and module.split(".")[-2] == "rotary_embs")
    )
    return counter.get_total_flops() - table


class Headed(torch.nn.Module):
    """The text model of a wrapper, which has no class of its own with a head."""

    def __init__(self, config, **options):
        super().__init__()
        # No name of its own leads to this one.
        text = config.model_type == "step3p5"
        make = transformers.Step3p7TextModel._from_config if text else AutoModel.from_config
        self.model = make(config, **options)
        self.lm_head = torch.nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        if config.tie_word_embeddings:
            self.lm_head.weight = self.model.get_input_embeddings().weight

    def forward(self, ids, **options):
        output = self.model(ids, **options)
        self.lm_head(output.last_hidden_state)
        return output


class NoImages(torch.nn.Module):
    """Stands in for what puts images and speech among the embeddings of a text."""

    def forward(self, ids, embeddings, **_):
        return embeddings


def weighing(config, cached, new, batch):
    """What a product would take where DeepSeek-V4's index weighs its heads one by one, as V3.2's does with one."""
    if config.model_type != "deepseek_v4":
        return 0
    kind = "compressed_sparse_attention"
    entries = (cached + new) // config.compress_rates[kind]
    return 2 * config.index_n_heads * batch * new * entries * config.layer_types.count(kind)


def never_read(config):
    """Weights that LongCat's class makes for experts which hand back what they get."""
    if config.model_type != "longcat_flash":
        return 0
    return config.num_layers * config.zero_expert_num * 2 * config.expert_ffn_hidden_size * config.hidden_size


def case(name, config):
    settings = {k: v for k, v in config.items() if k != "model_type"}
    built = AutoConfig.for_model(config["model_type"], **copy.deepcopy(settings))
    make = AutoModelForCausalLM.from_config if type(built) in AutoModelForCausalLM._model_mapping else Headed
    # The counter does not know the grouped products that newer releases use for experts.
    plainly = {"experts_implementation": "eager"} if IS_RECENT else {}
    model = make(built, attn_implementation="eager", dtype=torch.float32, **plainly)
    if config["model_type"] == "phi4_multimodal":
        model.model.embed_tokens_extend = NoImages()
    # The counter follows gradients into modules that are called with parameters, as DBRX's experts are.
    model = model.eval().requires_grad_(False)
    # How many choices fall on experts that do no work is chance.
    scans = config["model_type"] in NO_FLOPS or getattr(built, "zero_expert_num", 0) or any(isinstance(part, torch.nn.Conv1d) for part in model.modules())
    fresh = IS_RECENT and "kv_lora_rank" in built.to_dict()
    counted = [] if scans else [w for w in WORKLOADS if not (fresh and w[0])]
    return {
        "name": name,
        "config": config,
        "parameters": sum(p.numel() for p in model.parameters()) - never_read(built),
        "flops": [[*w, flops(model, *w) + weighing(built, *w)] for w in counted],
    }


def main():
    torch.manual_seed(0)
    file = HERE / "cases.json"
    known = {row["name"]: row for row in json.loads(file.read_text())}
    made = {name: case(name, config) for name, config in (RECENT if IS_RECENT else CASES).items()}
    # A new case of the other release waits for its run.
    rows = ",\n".join(json.dumps((known | made)[name]) for name in [*CASES, *RECENT] if name in known | made)
    file.write_text(f"[\n{rows}\n]\n")


if __name__ == "__main__":
    main()
