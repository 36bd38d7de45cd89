#!/usr/bin/env python3
"""The PyTorch training peer: networks W1 and W2 (two fully recurrent areas, Liao and Poggio 2016) from deterministic weights.

usage: train_peer.py w1|w2 [--dtype float32|float64] [--layout nchw|nhwc] [--threads 2] [--steps 20] [--batch 64] [--T 5]
       train_peer.py all        every run of training.json, which is written beside this file

Plain SGD, momentum 0.9, rate 0.01, one and the same batch at every update; prints the loss before each update. README.md: names, formula.
"""
import argparse, json, os, sys, time
sys.dont_write_bytecode = True
ap = argparse.ArgumentParser()
ap.add_argument('net', choices=['w1', 'w2', 'all']); ap.add_argument('--dtype', default='float32', choices=['float32', 'float64'])
ap.add_argument('--layout', default='nchw', choices=['nchw', 'nhwc']); ap.add_argument('--threads', type=int, default=2)
ap.add_argument('--steps', type=int, default=20); ap.add_argument('--batch', type=int, default=64); ap.add_argument('--T', type=int, default=5)
a = ap.parse_args()
import torch, torch.nn as nn, torch.nn.functional as F
from reference import array, frnn_params
torch.set_num_threads(a.threads)

class Connection(nn.Module):
    """Batch norm (own statistics per step, no gain or shift), ReLU, 3x3 convolution (one kernel for all steps)."""
    def __init__(s, cin, cout, T, stride=1, up=False):
        super().__init__()
        s.bn = nn.ModuleList([nn.BatchNorm2d(cin, affine=False) for _ in range(T)])
        s.conv = nn.Conv2d(cin, cout, 3, stride=stride, padding=1, bias=False); s.up = up
    def forward(s, x, t):
        x = F.relu(s.bn[t](x))
        return s.conv(F.interpolate(x, scale_factor=2, mode='nearest') if s.up else x)

class Net(nn.Module):
    def __init__(s, c1, c2, T):
        super().__init__()
        s.T, s.c2 = T, c2
        s.pre = nn.Conv2d(3, c1, 3, padding=1, bias=False); s.prebn = nn.BatchNorm2d(c1)
        s.e11, s.e12, s.e22, s.e21 = Connection(c1, c1, T), Connection(c1, c2, T, stride=2), Connection(c2, c2, T), Connection(c2, c1, T, up=True)
        s.obn = nn.BatchNorm2d(c2); s.fc = nn.Linear(c2, 10)
    def forward(s, x):
        s1 = F.relu(s.prebn(s.pre(x)))  # the input reaches S1 at step 0 only
        s2 = torch.zeros(x.shape[0], s.c2, 16, 16, dtype=s1.dtype)
        for t in range(s.T):
            s1, s2 = s1 + s.e11(s1, t) + s.e21(s2, t), s2 + s.e12(s1, t) + s.e22(s2, t)
        return s.fc(F.relu(s.obn(s2)).mean((2, 3)))

NAMES = {'pre.weight': 'pre/kernel', 'prebn.weight': 'pre/norm/gain', 'prebn.bias': 'pre/norm/shift', 'e11.conv.weight': 'S1->S1/kernel',
         'e12.conv.weight': 'S1->S2/kernel', 'e22.conv.weight': 'S2->S2/kernel', 'e21.conv.weight': 'S2->S1/kernel',
         'obn.weight': 'readout/norm/gain', 'obn.bias': 'readout/norm/shift', 'fc.weight': 'readout/dense/kernel', 'fc.bias': 'readout/dense/bias'}

def run(name, dtype, layout, log=False):
    c1, c2 = {'w1': (64, 64), 'w2': (16, 32)}[name]
    dt = getattr(torch, dtype); net = Net(c1, c2, a.T).to(dt); w = frnn_params(c1, c2)
    for n, p in net.named_parameters():
        v = torch.from_numpy(w[NAMES[n]])
        if v.ndim == 4: v = v.permute(3, 2, 0, 1)
        p.data.copy_(v.reshape(p.shape))
    x = torch.from_numpy(array('image', (a.batch, 32, 32, 3), 1.7320508)).to(dt).permute(0, 3, 1, 2).contiguous()
    if layout == 'nhwc': net = net.to(memory_format=torch.channels_last); x = x.contiguous(memory_format=torch.channels_last)
    y = torch.arange(a.batch) % 10
    opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9); losses, norms, t0 = [], {}, time.time()
    for step in range(a.steps):
        opt.zero_grad(set_to_none=True); loss = F.cross_entropy(net(x), y); loss.backward()
        if step == 0: norms = {NAMES[n]: float(p.grad.double().norm()) for n, p in net.named_parameters()}
        opt.step(); losses.append(float(loss.detach().double()))
        if log: print(step, repr(losses[-1]), flush=True)
    print(f'{name} {dtype} {layout} torch {torch.__version__} threads {a.threads}: {time.time() - t0:.1f} s, loss {losses[0]:.6f} -> {losses[-1]:.6f}', file=sys.stderr, flush=True)
    return losses, norms

if a.net != 'all': run(a.net, a.dtype, a.layout, True); sys.exit()
out = {'torch': torch.__version__, 'threads': a.threads, 'cpu': torch.backends.cpu.get_cpu_capability(), 'batch': a.batch, 'T': a.T, 'rate': 0.01, 'momentum': 0.9, 'image_scale': 1.7320508}
for name in ('w2', 'w1'):
    l64, g64 = run(name, 'float64', 'nchw'); l32, g32 = run(name, 'float32', 'nchw'); lcl, _ = run(name, 'float32', 'nhwc')
    far = lambda p: [abs(x - y) for x, y in zip(p, l64)]
    out[name] = {'losses': {'float64': l64, 'float32': l32, 'float32_channels_last': lcl},
                 'largest_stray_from_float64': {'float32': max(far(l32)), 'float32_channels_last': max(far(lcl))}, 'grad_norm_update0_float64': g64}
    print(name, 'stray', out[name]['largest_stray_from_float64'], 'gradient norms', max(abs(g32[k] / g64[k] - 1) for k in g64), file=sys.stderr)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'training.json'), 'w') as f: json.dump(out, f, indent=1); f.write('\n')
