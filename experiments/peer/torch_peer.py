#!/usr/bin/env python3
"""The PyTorch peer of cortex bench: the network of a resolved experiment file, trained by backpropagation through time.

usage: torch_peer.py EXPERIMENT.toml THREADS [--mode MODE] [--batches N] [--rounds] [--infer]

MODE joins, by "+": eager or compile; cl (channels_last); bf16 (autocast); opt (hand-optimised: one normalisation for each state
and step, and nothing that cannot reach the loss). Without opt the network is written as one would: every connection is a module
with a norm of each step, every area runs at every step.
--rounds   print "ready", then for every line on standard input one line: the median seconds of N batches and peak MiB
"""
import argparse, os, resource, statistics, sys, time, tomllib
ap = argparse.ArgumentParser()
ap.add_argument("experiment"); ap.add_argument("threads", type=int); ap.add_argument("--mode", default="eager")
ap.add_argument("--batches", type=int, default=3); ap.add_argument("--rounds", action="store_true")
ap.add_argument("--infer", action="store_true")
a = ap.parse_args()
os.environ["OMP_NUM_THREADS"] = str(a.threads)
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
torch.set_num_threads(a.threads); torch.manual_seed(0)
mode = set(a.mode.split("+"))
if mode - {"eager", "compile", "cl", "bf16", "opt"}: sys.exit(f"unknown mode {a.mode}")
with open(a.experiment, "rb") as f: E = tomllib.load(f)
STEPS, AREAS = E["steps"], E["areas"]
COLOUR = 3 if E["stimuli"]["kind"] == "cifar10" else 1
SIZE = 32 if COLOUR == 3 else E["stimuli"]["size"]
CLASSES = 10

def listed(text):
    out = []
    for part in text.split(","):
        lo, dots, hi = part.partition("..")
        out += range(int(lo or 0), (int(hi) if hi else STEPS - 1) + 1 if dots else int(lo) + 1)
    return out

TRAIN = listed(E["readout"]["train"])
C = {n: c for n, c in E["connection"].items()}
for n, c in C.items(): c["from"], c["to"] = n.split(" ")[0].split("->"); c["at"] = set(listed(c["window"]))
SHAPE = {n: E["area"][n]["shape"] for n in AREAS}

class Norm(nn.Module):
    """Batch norm with statistics of each step; gain and shift shared over steps, of each, or absent."""
    def __init__(s, c, n, steps=STEPS):
        super().__init__()
        s.bn = nn.ModuleList([nn.BatchNorm2d(c, eps=n["eps"], momentum=n["momentum"], affine=n["affine"] == "per_step") for _ in range(steps)])
        s.gain = nn.Parameter(torch.ones(c)) if n["affine"] == "shared" else None
        s.shift = nn.Parameter(torch.zeros(c)) if n["affine"] == "shared" else None
    def forward(s, x, t):
        y = s.bn[t](x)
        return y if s.gain is None else y * s.gain[:, None, None] + s.shift[:, None, None]

def biased(rule, area): return rule == "present" or rule == "auto" and E["area"][area]["bias"] == "connection"

class Connection(nn.Module):
    """A connection."""
    def __init__(s, c):
        super().__init__()
        s.c, (h, w, cin), (H, W, cout) = c, SHAPE[c["from"]], SHAPE[c["to"]]
        s.down, s.up, b = max(-(-h // H), 1), max(H // h, 1), biased(c["bias"], c["to"])
        if c["kind"] == "identity": return
        k = c["kernel"]
        if c["kind"] in ("brc", "brd"):
            times, width = c["times"], c["width"] or (cin + cout + 1) // 2
            at = [cin] + [width] * (times - 1) + [cout]
            s.norm = nn.ModuleList([Norm(at[i], c["norm"]) for i in range(times)])
            turn = 0 if c["stride_at"] == "first" else times - 1
            s.conv = nn.ModuleList([nn.Conv2d(at[i], at[i + 1], k, s.down if i == turn else 1, (k - 1) // 2, bias=b) if c["kind"] == "brc" else
                nn.ConvTranspose2d(at[i], at[i + 1], k, s.up if i == turn else 1, (k - 1) // 2, output_padding=(s.up - 1 if i == turn else 0), bias=b) for i in range(times)])
        elif c["kind"] == "transposed_conv": s.conv = nn.ConvTranspose2d(cin, cout, k, s.up, (k - 1) // 2, output_padding=s.up - 1, bias=b)
        else: s.conv = nn.Conv2d(cin, cout, k, s.down if c["kind"] == "conv" else 1, (k - 1) // 2, bias=b)
    def forward(s, x, t, first=None):
        kind = s.c["kind"]
        if kind == "identity": return x
        if kind in ("brc", "brd"):
            for i, conv in enumerate(s.conv):
                x = conv(F.relu(first if i == 0 and first is not None else s.norm[i](x, t)))
            return x
        if kind == "pool_conv" and s.down > 1: x = (F.max_pool2d if s.c["pool"] == "max" else F.avg_pool2d)(x, s.down)
        if kind == "resize_conv" and s.up > 1: x = F.interpolate(x, scale_factor=s.up, mode="nearest")
        return s.conv(x)

class Layers(nn.Module):
    """A pre-net or post-net."""
    def __init__(s, net, cin, size, target, bias, steps):
        super().__init__()
        s.net, s.m = net, nn.ModuleList()
        for l in net:
            kind = l if isinstance(l, str) else l["kind"]
            if kind == "conv":
                cout = l["channels"] or target[2]
                s.m.append(nn.Conv2d(cin, cout, l["kernel"], l["stride"] or -(-size // target[0]), (l["kernel"] - 1) // 2, bias=l["bias"] == "present" or l["bias"] == "auto" and bias)); cin = cout
            elif kind == "dense": s.m.append(nn.Linear(cin, l["channels"] or target[2], bias=l["bias"] != "absent"))
            elif kind in ("batch", "batch_affine", "norm"): s.m.append(Norm(cin, l["norm"], steps))
            else: s.m.append(nn.Identity())
    def forward(s, x, t):
        for l, m in zip(s.net, s.m):
            kind = l if isinstance(l, str) else l["kind"]
            if kind in ("batch", "batch_affine", "norm"): x = m(x, t)
            elif kind == "relu": x = F.relu(x)
            elif kind == "average": x = x.mean((2, 3))
            elif kind == "max": x = x.amax((2, 3))
            else: x = m(x)
        return x

def live():
    """Which areas at which steps the loss depends on."""
    need, todo = set(), [(E["readout"]["from"], t) for t in TRAIN]
    while todo:
        n, t = todo.pop()
        if (n, t) in need: continue
        need.add((n, t))
        todo += [(c["from"], t - c["delay"]) for c in C.values() if c["to"] == n and t in c["at"] and t >= c["delay"]]
    return need

class Net(nn.Module):
    def __init__(s):
        super().__init__()
        i, r = E["input"], E["readout"]
        s.pre = Layers(i["net"], COLOUR, SIZE, SHAPE[i["to"][0]], E["area"][i["to"][0]]["bias"] != "area", 1)
        s.connection = nn.ModuleList([Connection(c) for c in C.values()])
        s.norm = nn.ModuleDict({n: Norm(SHAPE[n][2], E["area"][n]["norm"]) for n in AREAS if E["area"][n]["norm"]["kind"] == "batch"})
        s.bias = nn.ParameterDict({n: nn.Parameter(torch.zeros(SHAPE[n][2])) for n in AREAS if E["area"][n]["bias"] == "area"})
        s.post = Layers(r["net"], SHAPE[r["from"]][2], SHAPE[r["from"]][0], [1, 1, CLASSES], True, STEPS)
        s.shown, s.need = {t + i["delay"] for t in listed(i["steps"])}, live()
    def response(s, n, x, t):
        for step in E["area"][n].get("order", ["norm", "relu"]): x = (s.norm[n](x, t) if n in s.norm else x) if step == "norm" else F.relu(x)
        return x
    def forward(s, image):
        state, response, normed, logits, drive = {}, {}, {}, [], None
        for t in range(max(TRAIN) + 1):
            for n in AREAS:
                if "opt" in mode and (n, t) not in s.need: continue
                parts = []
                if n in E["input"]["to"] and t in s.shown:
                    if drive is None or "opt" not in mode: drive = s.pre(image, 0)
                    parts.append(drive)
                for e in s.connection:
                    c, src = e.c, (e.c["from"], t - e.c["delay"])
                    if c["to"] != n or t not in c["at"] or src not in state: continue
                    x, first = state[src], None
                    if c["kind"] in ("brc", "brd") and "opt" in mode:
                        if src not in normed: normed[src] = e.norm[0](x, src[1])
                        first = normed[src]
                    if c["state"] == "response":
                        if "opt" not in mode or src not in response: response[src] = s.response(*src[:1], x, src[1])
                        x = response[src]
                    parts.append(e(x, t, first))
                if parts:
                    x = sum(parts[1:], parts[0])
                    state[n, t] = x + s.bias[n][:, None, None] if n in s.bias else x
            if t in TRAIN:
                n = E["readout"]["from"]
                logits.append(s.post(state[n, t] if E["readout"]["state"] == "state" else s.response(n, state[n, t], t), t))
        return logits

net, batch = Net(), E["train"]["batch"]
g = torch.Generator().manual_seed(0)
x, y = torch.randn(batch, COLOUR, SIZE, SIZE, generator=g), torch.randint(0, CLASSES, (batch,), generator=g)
if "cl" in mode: net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
opt = torch.optim.SGD(net.parameters(), lr=E["train"]["rate"], momentum=E["train"]["momentum"])
run = torch.compile(net) if "compile" in mode else net
over = len(TRAIN) if E["readout"]["over"] == "mean" else 1
def train():
    opt.zero_grad(set_to_none=True)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled="bf16" in mode): out = run(x)
    loss = sum(F.cross_entropy(o.float(), y) for o in out) / over
    loss.backward(); opt.step(); return float(loss)
def infer():
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled="bf16" in mode): run(x)
if a.infer: net.eval()
work = infer if a.infer else train
def timed():
    ts = []
    for _ in range(a.batches): t = time.perf_counter(); work(); ts.append(time.perf_counter() - t)
    return statistics.median(ts)
for _ in range(3): work()
def line(): print(f"{timed():.6f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}", flush=True)
print(f"ready torch {torch.__version__}", flush=True)
if not a.rounds: line()
else:
    for _ in sys.stdin: line()
