"""Times the layers of a llama-like decoder on a CUDA device, one by one and as a whole step.

    transformer-roofline-analyzer MODEL --accounting exact --format json [workload] > report.json
    python3 measure.py report.json [more.json ...] > measured.json

A report of the command line says which model and which workload. Weights are random; a layer's time does not
depend on them. Every call of a layer finds its operands in memory, not in the L2 cache: copies of them take
turns until they outgrow it. All calls of a round are one CUDA graph, so the time of launching from Python is
not measured; a round's time over its calls is one sample, and the median sample is kept.

Needs PyTorch 2.5 or newer with CUDA. Nothing is downloaded.
"""

import datetime
import json
import statistics
import sys
import warnings

import torch
import torch._dynamo
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

DEVICE = "cuda"
SAMPLES = 15
COLD_BYTES = 400_000_000  # several times the largest L2 cache in use
MAX_CALLS = 256

torch._dynamo.config.cache_size_limit = 256


class Shapes:
    """What a report says of a llama-like model and of its batch."""

    def __init__(self, report):
        config = {entry["key"]: entry["value"] for entry in report["model"]["config"]}
        queries = report["workload"]["queries"]
        lengths = {(query["cached_tokens"], query["input_tokens"]) for query in queries}
        if len(lengths) != 1:
            raise SystemExit("every query of the batch must have the same lengths")
        self.model = report["model"]["name"]
        self.cached, self.input = lengths.pop()
        self.batch = len(queries)
        if self.cached and self.input > 1:
            raise SystemExit("measured are a prefill without a cache and a decode step of one token")
        self.layers = [layer["name"] for layer in report["layers"]]
        self.hidden = config["hidden_size"]
        self.heads = config["num_attention_heads"]
        self.kv_heads = config["num_key_value_heads"]
        self.head_dim = config["head_dim"]
        self.ffn = config["intermediate_size"]
        self.vocab = config["vocab_size"]
        self.blocks = config["num_hidden_layers"]
        self.tokens = self.batch * self.input
        self.context = self.cached + self.input


def new(*shape):
    return torch.randn(*shape, dtype=torch.bfloat16, device=DEVICE) * 0.05


def rms_norm(x, weight):
    return F.rms_norm(x, (x.shape[-1],), weight, 1e-5)


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    left, right = x[..., :half], x[..., half:]
    return torch.cat((left * cos - right * sin, right * cos + left * sin), -1)


def rope(q, k, cos, sin):
    return rotate(q, cos, sin), rotate(k, cos, sin)


def act_mul(gate_up):
    gate, up = gate_up.chunk(2, -1)
    return F.silu(gate) * up


def add(x, y):
    return x + y


compiled = {function: torch.compile(function, dynamic=False) for function in (rms_norm, rope, act_mul, add)}


def attention(q, k, v, causal):
    return F.scaled_dot_product_attention(q, k, v, is_causal=causal, enable_gqa=q.shape[1] != k.shape[1])


def folded_attention(q, k, v, causal):
    """One new token: the query heads that share a key head become its rows."""
    batch, heads, _, dim = q.shape
    rows = q.reshape(batch, k.shape[1], heads // k.shape[1], dim)
    return F.scaled_dot_product_attention(rows, k, v).reshape(batch, heads, 1, dim)


def ways_to_attend(s):
    """Every backend that may do it; the fastest counts."""
    backends = {
        "flash": SDPBackend.FLASH_ATTENTION,
        "cudnn": SDPBackend.CUDNN_ATTENTION,
    }
    functions = {"grouped": attention}
    if s.input == 1:
        functions["folded"] = folded_attention
    for name, backend in backends.items():
        for form, function in functions.items():

            def run(q, k, v, function=function, backend=backend):
                with sdpa_kernel(backend):
                    return function(q, k, v, s.input > 1)

            yield f"{name}, {form}", run


def layer_calls(s):
    """For each layer by name: the ways to run it, and what makes one set of its operands."""
    q_size, kv_size = s.heads * s.head_dim, s.kv_heads * s.head_dim
    linear = {"cublas": F.linear}
    table = new(s.vocab, s.hidden)
    norm = {"eager": rms_norm, "compiled": compiled[rms_norm]}
    residual = {"eager": add, "compiled": compiled[add]}
    heads = lambda count, length: new(s.batch, count, length, s.head_dim)
    angles = lambda: new(1, 1, s.input, s.head_dim // 2)
    per_block = {
        "Attn - RMSNorm": (norm, lambda: (new(s.tokens, s.hidden), new(s.hidden))),
        "Attn - QKV_Proj": (linear, lambda: (new(s.tokens, s.hidden), new(q_size + 2 * kv_size, s.hidden))),
        "Attn - RoPE": (
            {"eager": rope, "compiled": compiled[rope]},
            lambda: (heads(s.heads, s.input), heads(s.kv_heads, s.input), angles(), angles()),
        ),
        "Attn - SDPA": (
            dict(ways_to_attend(s)),
            lambda: (heads(s.heads, s.input), heads(s.kv_heads, s.context), heads(s.kv_heads, s.context)),
        ),
        "Attn - O_Proj": (linear, lambda: (new(s.tokens, q_size), new(s.hidden, q_size))),
        "Attn - ResidualAdd": (residual, lambda: (new(s.tokens, s.hidden), new(s.tokens, s.hidden))),
        "Ffn - RMSNorm": (norm, lambda: (new(s.tokens, s.hidden), new(s.hidden))),
        "Ffn - GateUp_Proj": (linear, lambda: (new(s.tokens, s.hidden), new(2 * s.ffn, s.hidden))),
        "Ffn - ActMul": ({"eager": act_mul, "compiled": compiled[act_mul]}, lambda: (new(s.tokens, 2 * s.ffn),)),
        "Ffn - Down_Proj": (linear, lambda: (new(s.tokens, s.ffn), new(s.hidden, s.ffn))),
        "Ffn - ResidualAdd": (residual, lambda: (new(s.tokens, s.hidden), new(s.tokens, s.hidden))),
    }
    ends = {
        "Embedding": (
            {"eager": F.embedding},
            lambda: (torch.randint(s.vocab, (s.batch, s.input), device=DEVICE), table),
        ),
        "Final - RMSNorm": (norm, lambda: (new(s.tokens, s.hidden), new(s.hidden))),
        # Only the last token of a query is asked for the next one.
        "LM_Head": (linear, lambda: (new(s.batch, s.hidden), new(s.vocab, s.hidden))),
    }
    return per_block | ends


def captured(work):
    """The work as one CUDA graph, warmed up."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream), torch.no_grad():
        for _ in range(2):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.no_grad(), torch.cuda.graph(graph):
        work()
    return graph


def sampled(graph, calls):
    """Seconds of one call, the median round and the fastest."""
    rounds = []
    for number in range(SAMPLES + 3):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        graph.replay()
        end.record()
        torch.cuda.synchronize()
        if number >= 3:
            rounds.append(start.elapsed_time(end) / 1000 / calls)
    return statistics.median(rounds), min(rounds)


def size(operands):
    return sum(operand.numel() * operand.element_size() for operand in operands)


def time_layer(ways, make):
    """The fastest way to run a layer on operands that are not in the L2 cache."""
    first = make()
    calls = max(4, min(MAX_CALLS, -(-COLD_BYTES // size(first))))
    sets = [first] + [make() for _ in range(calls - 1)]
    best = None
    for how, function in ways.items():
        try:
            graph = captured(lambda: [function(*operands) for operands in sets])
            median, fastest = sampled(graph, calls)
            del graph
        except (RuntimeError, ValueError) as error:
            print(f"  {how}: {str(error).splitlines()[0][:120]}", file=sys.stderr)
            torch.cuda.synchronize()
            continue
        if best is None or median < best["seconds"]:
            best = {"seconds": median, "fastest": fastest, "how": how}
    return best


def time_step(s, attend):
    """All layers in order, each block with weights and a cache of its own, as one CUDA graph."""
    q_size, kv_size = s.heads * s.head_dim, s.kv_heads * s.head_dim
    blocks = [
        (
            new(s.hidden),
            new(q_size + 2 * kv_size, s.hidden),
            new(s.batch, s.kv_heads, s.context, s.head_dim),
            new(s.batch, s.kv_heads, s.context, s.head_dim),
            new(s.hidden, q_size),
            new(s.hidden),
            new(2 * s.ffn, s.hidden),
            new(s.hidden, s.ffn),
        )
        for _ in range(s.blocks)
    ]
    table, last_norm, head = new(s.vocab, s.hidden), new(s.hidden), new(s.vocab, s.hidden)
    tokens = torch.randint(s.vocab, (s.batch, s.input), device=DEVICE)
    cos, sin = (new(1, 1, s.input, s.head_dim // 2) for _ in range(2))

    def block(x, norm, qkv, keys, values, out, ffn_norm, gate_up, down):
        mixed = F.linear(compiled[rms_norm](x, norm), qkv).view(s.batch, s.input, -1, s.head_dim).transpose(1, 2)
        q, k, v = mixed.split((s.heads, s.kv_heads, s.kv_heads), 1)
        q, k = compiled[rope](q, k, cos, sin)
        keys[:, :, s.cached :].copy_(k)
        values[:, :, s.cached :].copy_(v)
        seen = attend(q, keys, values).transpose(1, 2).reshape(s.tokens, q_size)
        x = compiled[add](x, F.linear(seen, out))
        return compiled[add](x, F.linear(compiled[act_mul](F.linear(compiled[rms_norm](x, ffn_norm), gate_up)), down))

    def step():
        x = F.embedding(tokens, table).view(s.tokens, s.hidden)
        for weights in blocks:
            x = block(x, *weights)
        x = compiled[rms_norm](x, last_norm).view(s.batch, s.input, s.hidden)[:, -1]
        return F.linear(x, head)

    median, fastest = sampled(captured(step), 1)
    return {"seconds": median, "fastest": fastest}


def ceilings():
    """What the device reaches at best here: a large matrix product, and reading as much as is written."""
    a, b = new(8192, 8192), new(8192, 8192)
    product, _ = sampled(captured(lambda: [a @ b for _ in range(4)]), 4)
    source = torch.ones(1 << 30, dtype=torch.bfloat16, device=DEVICE)
    target = torch.empty_like(source)
    moved, _ = sampled(captured(lambda: torch.neg(source, out=target)), 1)
    return {"flops_per_second": 2 * 8192**3 / product, "bytes_per_second": 2 * size([source]) / moved}


def time_products(s):
    """The widest matrix product of a block for ever more tokens: where does it stop waiting for memory?"""
    products = []
    for tokens in (1 << power for power in range(14)):
        timed = time_layer({"cublas": F.linear}, lambda: (new(tokens, s.hidden), new(2 * s.ffn, s.hidden)))
        products.append({"tokens": tokens, **timed})
    return products


def main(paths):
    warnings.simplefilter("ignore")  # PyTorch says at length why a backend does not apply
    result = {
        "date": datetime.date.today().isoformat(),
        "device": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "ceilings": ceilings(),
        "runs": [],
    }
    for path in paths:
        with open(path, encoding="utf-8") as file:
            s = Shapes(json.load(file))
        print(f"{s.model}: {s.batch} x ({s.cached} + {s.input})", file=sys.stderr)
        calls, layers = layer_calls(s), {}
        for name in s.layers:
            layers[name] = time_layer(*calls[name])
            print(f"  {name}: {layers[name]}", file=sys.stderr)
            torch.cuda.empty_cache()
        run = {"model": s.model, "cached": s.cached, "input": s.input, "batch": s.batch, "layers": layers}
        free, _ = torch.cuda.mem_get_info()
        needed = 2 * s.blocks * (2 * s.hidden * s.heads * s.head_dim + 3 * s.hidden * s.ffn)
        needed += 4 * s.blocks * s.batch * s.context * s.kv_heads * s.head_dim
        if layers["Attn - SDPA"] and needed < 0.8 * free:
            run["step"] = time_step(s, dict(ways_to_attend(s))[layers["Attn - SDPA"]["how"]])
            print(f"  step: {run['step']}", file=sys.stderr)
        torch.cuda.empty_cache()
        result["runs"].append(run)
        if path == paths[0]:
            result["products"] = {"model": s.model, "layer": "Ffn - GateUp_Proj", "timed": time_products(s)}
    json.dump(result, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main(sys.argv[1:])
