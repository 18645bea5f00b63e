#!/usr/bin/env python3
"""Changes the cases of make.py at random, builds each with transformers, and says where the command line counts other
parameters, or other FLOPs than PyTorch's counter, or refuses what transformers builds.

    cargo build --release
    python tests/families/vary.py --seconds 600 --seed 1 [--only qwen]

A difference is a line of JSON with the change and the whole config. Some are quirks of the classes and not of the
models, and stay: windows and heads of one element, two names for one key with two values, keys that a class derives
from others and yet reads.
"""

import argparse
import collections
import copy
import json
import pathlib
import random
import subprocess
import time

import torch
import transformers
from transformers import AutoConfig

import make

PROGRAM = pathlib.Path(__file__).parents[2] / "target/release/transformer-roofline-analyzer"
WORKLOADS = [(0, 5, 2), (20, 1, 2)]
# What every config has, derived keys, and one that decides about numbers alone.
LEFT_ALONE = set(transformers.PretrainedConfig().to_dict()) - {"tie_word_embeddings"} | {
    "model_type", "max_position_embeddings", "n_positions", "initializer_range", "qk_head_dim", "per_layer_config",
    "attention_hidden_size",
}
# What one family reads and another may only seem to.
OF_OTHERS = dict(
    attention_bias=True, bias=True, decoder_sparse_step=2, embedding_size=40, ffn_dim=100, first_k_dense_replace=1,
    head_dim=24, hidden_act="relu", intermediate_size=144, interleave_moe_layer_step=2, lm_head_bias=True,
    max_window_layers=2, mlp_bias=True, mlp_only_layers=[0, 2], moe_intermediate_size=44, moe_layers=[1, 3],
    n_inner=100, n_routed_experts=6, n_shared_experts=2, no_rope_layers=[1, 0, 1, 0, 1], num_experts=6,
    num_experts_per_tok=2, num_key_value_heads=3, num_local_experts=6, partial_rotary_factor=0.5, q_lora_rank=None,
    qk_layernorm=True, qk_norm=True, qkv_bias=True, rotary_dim=8, rotary_pct=0.5, shared_expert_intermediate_size=52,
    sliding_window=6, tie_word_embeddings=False, use_bias=True, use_qk_norm=True, use_sliding_window=True,
    word_embed_proj_dim=48,
)


def whole(config):
    """With the defaults of its class."""
    settings = {key: value for key, value in config.items() if key != "model_type"}
    return AutoConfig.for_model(config["model_type"], **copy.deepcopy(settings)).to_dict()


def changed(config, dice):
    """Another config, and what was changed."""
    config, defaults, changes = dict(config), whole(config), {}
    for _ in range(dice.choice([1, 1, 2, 3])):
        known = {key: value for key, value in (defaults | config).items() if key not in LEFT_ALONE}

        def some(right):
            return [key for key, value in sorted(known.items()) if right(value)]

        flags = some(lambda value: isinstance(value, bool))
        numbers = some(lambda value: type(value) is int and 0 <= value < 600)
        factors = some(lambda value: isinstance(value, float) and 0 < value <= 1)
        lists = some(lambda value: isinstance(value, list) and value)
        kind = dice.choice(["flag", "flag", "number", "number", "number", "null", "list", "factor", "gone", "other"])
        if kind == "flag" and flags:
            key = dice.choice(flags)
            config[key] = not known[key]
        elif kind == "number" and numbers:
            key = dice.choice(numbers)
            value = known[key]
            least = 2 if any(part in key for part in ("dim", "window", "size", "embd")) else 0
            config[key] = max(least, dice.choice([2 * value, value // 2, value + 1, value - 1, value + 8, 1, 4]))
        elif kind == "null":
            key = dice.choice(sorted(known))
            config[key] = None
        elif kind == "list" and lists:
            key = dice.choice(lists)
            config[key] = dice.sample(known[key], len(known[key]))
        elif kind == "factor" and factors:
            key = dice.choice(factors)
            config[key] = dice.choice([0.25, 0.5, 0.75, 1.0])
        elif kind == "gone":
            # What is not there has the size of real models for a default.
            small = [key for key in sorted(config) if key not in LEFT_ALONE and "size" not in key and "layer" not in key]
            if not small:
                continue
            key = dice.choice(small)
            del config[key]
        else:
            # A second name of a key would only contradict the first.
            names = transformers.CONFIG_MAPPING[config["model_type"]].attribute_map
            key = dice.choice(sorted(OF_OTHERS.keys() - names.keys()))
            config[key] = OF_OTHERS[key]
        changes[key] = config.get(key, "gone")
    return config, changes


def counted(config, cached, new, batch):
    """Parameters and FLOPs, or why not."""
    workload = ["--cached-tokens", cached, "--input-tokens", new, "--batch-size", batch]
    ran = subprocess.run(
        [PROGRAM, "--accounting", "torch", "--format", "json", *map(str, workload), "--", "-"],
        input=json.dumps(config), capture_output=True, text=True, timeout=60,
    )
    if ran.returncode:
        return ran.stderr.strip()
    report = json.loads(ran.stdout)
    return report["model"]["parameters"]["total"], report["total"]["flops"]


def difference(row):
    """How the program differs from a row of make.case, if it does."""
    for cached, new, batch, flops in row["flops"] or [(0, 1, 1, None)]:
        ours = counted(row["config"], cached, new, batch)
        if isinstance(ours, str):
            return {"refused": ours}
        if ours[0] != row["parameters"]:
            return {"parameters": ours[0], "transformers": row["parameters"]}
        if flops not in (None, ours[1]):
            return {"flops": ours[1], "torch": flops, "workload": [cached, new, batch]}
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    dice = random.Random(options.seed)
    torch.manual_seed(options.seed)
    make.WORKLOADS = WORKLOADS
    cases = make.RECENT if make.IS_RECENT else make.CASES
    names = [name for name in cases if options.only in name]
    tally, end = collections.Counter(), time.monotonic() + options.seconds
    while time.monotonic() < end:
        name = dice.choice(names)
        config, changes = changed(cases[name], dice)
        try:
            row = make.case(name, config)
        except Exception:  # Whatever transformers has against it.
            tally["not built"] += 1
            continue
        found = difference(row)
        tally["equal" if found is None else next(iter(found))] += 1
        if found:
            print(json.dumps({"case": name, "changes": changes, **found, "config": config}), flush=True)
    print(json.dumps(tally))


if __name__ == "__main__":
    main()
