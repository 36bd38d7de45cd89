#!/usr/bin/env python3
"""Independent reference numbers for the Go tests: plain numpy, float64, its own small reverse mode.

usage: reference.py [--torch] [--train w1|w2] [--out DIR]

Writes blt.npz, twostage.npz, twostage.json, ops.npz, ops.json, weights.json. With --torch every number is computed a second
time with PyTorch (written apart, NCHW, autograd), the largest differences go to check.json, and optim.json is written from
torch.optim. --train runs the 20 training batches of train_peer.py in numpy and compares them with training.json.
Layout: activations [image, y, x, channel], conv kernels [kh, kw, cin, cout]; README.md says the rest.
"""
import argparse, json, math, os, sys
sys.dont_write_bytecode = True
import numpy as np

# ---------------------------------------------------------------- deterministic arrays
M64 = (1 << 64) - 1

def fnv1a64(name):
    h = 0xCBF29CE484222325
    for b in name.encode('utf-8'):
        h = ((h ^ b) * 0x100000001B3) & M64
    return h

def array(name, shape, scale, offset=0.0):
    """float32 array: float32(scale * (2u - 1)), then float32 + offset where one is given."""
    n = int(np.prod(shape))
    x = np.uint64(fnv1a64(name)) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x ^= x >> np.uint64(30); x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27); x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    u = (x >> np.uint64(11)).astype(np.float64) * 2.0 ** -53
    v = (scale * (2.0 * u - 1.0)).astype(np.float32).reshape(shape)
    return v + np.float32(offset) if offset else v

def kernel(name, kh, kw, cin, cout, factor=1.0):
    return array(name, (kh, kw, cin, cout), math.sqrt(6.0 / (kh * kw * cin)) * factor)

def kernel_t(name, kh, kw, ctarget, csource):
    """A transposed convolution's kernel: that of the adjoint convolution target -> source; fan-in counts the source's channels."""
    return array(name, (kh, kw, ctarget, csource), math.sqrt(6.0 / (kh * kw * csource)))

# ---------------------------------------------------------------- a small reverse mode
class V:
    def __init__(s, data, parents=(), back=None):
        s.data = np.asarray(data, np.float64); s.parents = parents; s.back = back; s.grad = None
    def __add__(s, o): return V(s.data + o.data, (s, o), lambda g: (unbroadcast(g, s.data), unbroadcast(g, o.data)))

def unbroadcast(g, like):
    while g.ndim > like.ndim: g = g.sum(0)
    return g

def backward(root, seed=1.0):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        v, done = stack.pop()
        if done: order.append(v); continue
        if id(v) in seen: continue
        seen.add(id(v)); stack.append((v, True)); stack.extend((p, False) for p in v.parents)
    for v in order: v.grad = None
    root.grad = np.broadcast_to(np.asarray(seed, np.float64), root.data.shape).copy()
    for v in reversed(order):
        if v.back is None or v.grad is None: continue
        for p, g in zip(v.parents, v.back(v.grad)):
            if g is not None: p.grad = g if p.grad is None else p.grad + g

def _geom(size, k, s):
    out = -(-size // s); low = (k - 1) // 2
    return out, low, max((out - 1) * s + k - low - size, 0)

def _padded(x, kh, kw, s, value=0.0):
    ho, tl, th = _geom(x.shape[1], kh, s); wo, ll, lh = _geom(x.shape[2], kw, s)
    return np.pad(x, ((0, 0), (tl, th), (ll, lh), (0, 0)), constant_values=value), ho, wo, tl, ll

def _win(xp, i, j, ho, wo, s):
    return xp[:, i:i + (ho - 1) * s + 1:s, j:j + (wo - 1) * s + 1:s]

def _conv(x, k, s):
    xp, ho, wo, _, _ = _padded(x, k.shape[0], k.shape[1], s)
    y = np.zeros((x.shape[0], ho, wo, k.shape[3]))
    for i in range(k.shape[0]):
        for j in range(k.shape[1]):
            y += _win(xp, i, j, ho, wo, s) @ k[i, j]
    return y

def _conv_dx(dy, k, s, shape):
    """The adjoint: from the conv's output shape back to its input shape."""
    xp, ho, wo, t, l = _padded(np.zeros(shape), k.shape[0], k.shape[1], s)
    assert (ho, wo) == dy.shape[1:3]
    for i in range(k.shape[0]):
        for j in range(k.shape[1]):
            _win(xp, i, j, ho, wo, s)[...] += dy @ k[i, j].T
    return xp[:, t:t + shape[1], l:l + shape[2]]

def _conv_dk(x, dy, kh, kw, s):
    xp, ho, wo, _, _ = _padded(x, kh, kw, s)
    dk = np.zeros((kh, kw, x.shape[3], dy.shape[3])); d2 = dy.reshape(-1, dy.shape[3])
    for i in range(kh):
        for j in range(kw):
            dk[i, j] = _win(xp, i, j, ho, wo, s).reshape(-1, x.shape[3]).T @ d2
    return dk

def conv(x, k, s=1):
    kh, kw = k.data.shape[:2]
    return V(_conv(x.data, k.data, s), (x, k), lambda g: (_conv_dx(g, k.data, s, x.data.shape), _conv_dk(x.data, g, kh, kw, s)))

def tconv(x, k, s, h, w):
    """Transposed convolution to a target of h x w: the adjoint of conv(target, k, s)."""
    kh, kw, ct, _ = k.data.shape
    return V(_conv_dx(x.data, k.data, s, (x.data.shape[0], h, w, ct)), (x, k),
             lambda g: (_conv(g, k.data, s), _conv_dk(g, x.data, kh, kw, s)))

def relu(x): return V(np.maximum(x.data, 0), (x,), lambda g: (g * (x.data > 0),))

def lrn(x, radius=5, alpha=1e-4, beta=0.5, c0=1.0):
    c = x.data.shape[-1]
    band = (np.abs(np.subtract.outer(np.arange(c), np.arange(c))) <= radius).astype(float)
    d = c0 + alpha * (x.data ** 2 @ band)
    return V(x.data * d ** -beta, (x,), lambda g: (g * d ** -beta - 2 * alpha * beta * x.data * ((g * x.data * d ** (-beta - 1)) @ band),))

def pool(x, kind='max', k=2, s=2, low=0, ceil=False, count_pad=True):
    """Windows start at -low. Without ceil only windows that fit in the padded input; max pads with -inf and, on a tie, takes the first in row order."""
    n, h, w, c = x.data.shape
    def out(size):
        o = (-(-(size + 2 * low - k) // s) if ceil else (size + 2 * low - k) // s) + 1
        return o - 1 if ceil and (o - 1) * s >= size + low else o
    ho, wo = out(h), out(w)
    pad = lambda a, v: np.pad(a, ((0, 0), (low, s + k), (low, s + k), (0, 0)), constant_values=v)
    stack = lambda a: np.stack([_win(a, i, j, ho, wo, s) for i in range(k) for j in range(k)])
    gx = np.zeros_like(pad(x.data, 0.0))
    def crop(): return gx[:, low:low + h, low:low + w]
    if kind == 'max':
        st = stack(pad(x.data, -np.inf)); arg = st.argmax(0)
        def back(g):
            gx[...] = 0
            for q in range(k * k): _win(gx, q // k, q % k, ho, wo, s)[...] += g * (arg == q)
            return (crop().copy(),)
        return V(st.max(0), (x,), back)
    inside = stack(pad(np.ones_like(x.data), 0.0)).sum(0)
    if count_pad:  # torch: padding counts, what ceil adds beyond the padding does not
        p = np.pad(np.ones((n, h + 2 * low, w + 2 * low, c)), ((0, 0), (0, s + k), (0, s + k), (0, 0)))
        div = stack(p).sum(0)
    else: div = inside
    def back(g):
        gx[...] = 0
        for q in range(k * k): _win(gx, q // k, q % k, ho, wo, s)[...] += g / div
        return (crop().copy(),)
    return V(stack(pad(x.data, 0.0)).sum(0) / div, (x,), back)

def upsample(x, f=2):
    n, h, w, c = x.data.shape
    return V(x.data.repeat(f, 1).repeat(f, 2), (x,), lambda g: (g.reshape(n, h, f, w, f, c).sum((2, 4)),))

def global_max(x):
    n, h, w, c = x.data.shape
    f = x.data.reshape(n, h * w, c); a = f.argmax(1)
    def back(g):
        d = np.zeros_like(f); np.put_along_axis(d, a[:, None], g[:, None], 1); return (d.reshape(x.data.shape),)
    return V(f.max(1), (x,), back)

def global_average(x):
    n, h, w, c = x.data.shape
    return V(x.data.mean((1, 2)), (x,), lambda g: (np.broadcast_to(g[:, None, None] / (h * w), x.data.shape),))

def moments(x): return x.data.mean((0, 1, 2)), x.data.var((0, 1, 2))

def bn(x, eps=1e-5):
    """Batch statistics, biased variance, no gain or shift."""
    m, v = moments(x); r = 1 / np.sqrt(v + eps); xh = (x.data - m) * r; ax = (0, 1, 2)
    return V(xh, (x,), lambda g: (r * (g - g.mean(ax) - xh * (g * xh).mean(ax)),))

def bn_eval(x, mean, var, eps=1e-5):
    r = 1 / np.sqrt(var + eps)
    return V((x.data - mean) * r, (x,), lambda g: (g * r,))

def gain(x, k): return V(x.data * k.data, (x, k), lambda g: (g * k.data, unbroadcast(g * x.data, k.data)))

def dense(x, k):
    w = k.data.reshape(k.data.shape[-2:])
    return V(x.data @ w, (x, k), lambda g: (g @ w.T, (x.data.T @ g).reshape(k.data.shape)))

def softmax_loss(z, labels, each=None):
    """Mean over the batch of the softmax cross-entropy."""
    n = len(labels); m = z.data.max(1, keepdims=True); e = np.exp(z.data - m); p = e / e.sum(1, keepdims=True)
    l = (m + np.log(e.sum(1, keepdims=True)))[:, 0] - z.data[np.arange(n), labels]
    if each is not None: each.append(l)
    def back(g):
        d = p.copy(); d[np.arange(n), labels] -= 1; return (g * d / n,)
    return V(l.mean(), (z,), back)

def sigmoid_loss(z, y, each=None):
    """Sum over classes, mean over the batch, of the sigmoid cross-entropy."""
    l = np.maximum(z.data, 0) - z.data * y + np.log1p(np.exp(-np.abs(z.data)))
    if each is not None: each.append(l)
    ez = np.exp(-np.abs(z.data)); sig = np.where(z.data >= 0, 1, ez) / (1 + ez)
    return V(l.sum() / len(y), (z,), lambda g: (g * (sig - y) / len(y),))

# ---------------------------------------------------------------- (a) Spoerer 2017, 8 maps
BLT_MODELS = {'B': (0, 0, 'response'), 'BT': (0, 1, 'response'), 'BL': (1, 0, 'response'), 'BLT': (1, 1, 'response'), 'BLTpre': (1, 1, 'preactivation')}
BLT_C, BLT_N, BLT_T = 8, 2, 4
L1_INDEX, L2_INDEX = [0, 1, 7, 14, 21, 30, 31], [0, 1, 6, 10, 15]

def blt_weights():
    c = BLT_C
    return {'image': array('image', (BLT_N, 32, 32, 1), 1.0), 'input/conv/kernel': kernel('input/conv/kernel', 3, 3, 1, c),
            'L1->L2/kernel': kernel('L1->L2/kernel', 3, 3, c, c), 'L1->L1/kernel': kernel('L1->L1/kernel', 3, 3, c, c),
            'L2->L2/kernel': kernel('L2->L2/kernel', 3, 3, c, c), 'L2->L1/kernel': kernel_t('L2->L1/kernel', 3, 3, c, c),
            'L1/bias': array('L1/bias', (c,), 0.1), 'L2/bias': array('L2/bias', (c,), 0.1),
            'readout/dense/kernel': kernel('readout/dense/kernel', 1, 1, c, 10), 'readout/dense/bias': array('readout/dense/bias', (10,), 0.1)}

def blt(lateral, feedback, tap):
    w = {k: V(v) for k, v in blt_weights().items()}
    r1 = r2 = z1 = z2 = None; out = []
    for t in range(BLT_T):
        n1 = conv(w['image'], w['input/conv/kernel'])
        if lateral and t: n1 = n1 + conv(r1 if tap == 'response' else z1, w['L1->L1/kernel'])
        if feedback and t: n1 = n1 + tconv(r2, w['L2->L1/kernel'], 2, 32, 32)
        n1 = n1 + w['L1/bias']; q1 = lrn(relu(n1))
        n2 = conv(pool(q1), w['L1->L2/kernel'])
        if lateral and t: n2 = n2 + conv(r2 if tap == 'response' else z2, w['L2->L2/kernel'])
        n2 = n2 + w['L2/bias']; q2 = lrn(relu(n2))
        z1, r1, z2, r2 = n1, q1, n2, q2
        out.append((r1.data, r2.data, (dense(global_max(r2), w['readout/dense/kernel']) + w['readout/dense/bias']).data))
    return [np.stack(o, 1) for o in zip(*out)]  # [image, step, ...]

# ---------------------------------------------------------------- (b) two stages of tied or untied residual blocks
TS_C, TS_N, TS_H, TS_IT = 8, 4, 8, 5
TS_INDEX = [0, 2, 5, 7]

def ts_name(connection, t, untied): return f'{connection}@{t}' if untied else connection

def ts_params(untied):
    c = TS_C
    p = {'input/conv/kernel': kernel('input/conv/kernel', 3, 3, 3, c), 'input/conv/bias': array('input/conv/bias', (c,), 0.1)}
    for connection, first in (('S1->S1', 1), ('S2->S2', 7)):
        for t in range(first, first + TS_IT):
            for m in '12':
                n = ts_name(connection, t, untied) + '/' + m
                p[n + '/kernel'] = kernel(n + '/kernel', 3, 3, c, c); p[n + '/bias'] = array(n + '/bias', (c,), 0.1)
    p['S1->S2/kernel'] = kernel('S1->S2/kernel', 3, 3, c, c); p['S1->S2/bias'] = array('S1->S2/bias', (c,), 0.1)
    p['readout/dense/kernel'] = kernel('readout/dense/kernel', 1, 1, c, 10); p['readout/dense/bias'] = array('readout/dense/bias', (10,), 0.1)
    return p

def twostage(untied):
    w = {k: V(v) for k, v in ts_params(untied).items()}
    def cb(x, n): return conv(x, w[n + '/kernel']) + w[n + '/bias']
    def block(s, n): return s + cb(relu(bn(cb(relu(bn(s)), n + '/1'))), n + '/2')
    s = cb(V(array('image', (TS_N, TS_H, TS_H, 3), 1.0)), 'input/conv'); states = [s]
    for t in range(1, 6): s = block(s, ts_name('S1->S1', t, untied)); states.append(s)
    s = cb(s, 'S1->S2'); states.append(s)
    for t in range(7, 12): s = block(s, ts_name('S2->S2', t, untied)); states.append(s)
    z = dense(global_average(relu(bn(s))), w['readout/dense/kernel']) + w['readout/dense/bias']
    loss = softmax_loss(z, np.arange(TS_N) % 10); backward(loss)
    return np.stack([x.data for x in states], 1), z.data, float(loss.data), {k: v.grad for k, v in w.items()}

# ---------------------------------------------------------------- (c) the training net, for --train
def frnn_params(c1, c2):
    p = {'pre/kernel': kernel('pre/kernel', 3, 3, 3, c1, .5), 'S1->S1/kernel': kernel('S1->S1/kernel', 3, 3, c1, c1, .5),
         'S1->S2/kernel': kernel('S1->S2/kernel', 3, 3, c1, c2, .5), 'S2->S2/kernel': kernel('S2->S2/kernel', 3, 3, c2, c2, .5),
         'S2->S1/kernel': kernel('S2->S1/kernel', 3, 3, c2, c1, .5), 'readout/dense/kernel': kernel('readout/dense/kernel', 1, 1, c2, 10, .5),
         'readout/dense/bias': array('readout/dense/bias', (10,), 0.1)}
    p.update({'pre/norm/gain': np.ones(c1), 'pre/norm/shift': np.zeros(c1), 'readout/norm/gain': np.ones(c2), 'readout/norm/shift': np.zeros(c2)})
    return p

def train(net, steps=20, batch=64, T=5):
    c1, c2 = {'w1': (64, 64), 'w2': (16, 32)}[net]
    w = {k: V(v) for k, v in frnn_params(c1, c2).items()}; vel = {k: 0.0 for k in w}
    x = V(array('image', (batch, 32, 32, 3), 1.7320508)); losses = []; norms = {}
    for step in range(steps):
        s1 = relu(gain(bn(conv(x, w['pre/kernel'])), w['pre/norm/gain']) + w['pre/norm/shift']); s2 = None
        for t in range(T):
            a1 = relu(bn(s1)); n2 = conv(a1, w['S1->S2/kernel'], 2)
            n1 = s1 + conv(a1, w['S1->S1/kernel']) if t < T - 1 else None
            if s2 is not None:
                a2 = relu(bn(s2)); n2 = s2 + n2 + conv(a2, w['S2->S2/kernel'])
                if n1 is not None: n1 = n1 + conv(upsample(a2), w['S2->S1/kernel'])
            s1, s2 = n1, n2
        z = dense(global_average(relu(gain(bn(s2), w['readout/norm/gain']) + w['readout/norm/shift'])), w['readout/dense/kernel']) + w['readout/dense/bias']
        loss = softmax_loss(z, np.arange(batch) % 10); backward(loss); losses.append(float(loss.data))
        if step == 0: norms = {k: float(np.linalg.norm(v.grad)) for k, v in w.items()}
        for k, v in w.items(): vel[k] = 0.9 * vel[k] + v.grad; v.data = v.data - 0.01 * vel[k]
        print(step, losses[-1], flush=True)
    return losses, norms

# ---------------------------------------------------------------- (d) optimisers
OPT_CASES = {
    'sgd': dict(kind='sgd', lr=0.1), 'momentum': dict(kind='sgd', lr=0.1, momentum=0.9), 'nesterov': dict(kind='sgd', lr=0.1, momentum=0.9, nesterov=True),
    'momentum_decay': dict(kind='sgd', lr=0.1, momentum=0.9, weight_decay=0.05), 'nesterov_decay': dict(kind='sgd', lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.05),
    'momentum_drop': dict(kind='sgd', lr=0.1, momentum=0.9, drop_at=5, drop_by=0.1),
    'adam': dict(kind='adam', lr=0.1), 'adam_decay': dict(kind='adam', lr=0.1, weight_decay=0.05), 'adam_betas': dict(kind='adam', lr=0.05, betas=[0.8, 0.99], eps=1e-4),
    'adamw': dict(kind='adamw', lr=0.1, weight_decay=0.05), 'adamw_drop': dict(kind='adamw', lr=0.1, weight_decay=0.05, drop_at=5, drop_by=0.1)}
OPT_N, OPT_STEPS = 6, 10

def opt_problem():
    """loss = sum_i a_i (w_i - b_i)^2 / 2"""
    return array('optim/w', (OPT_N,), 1.0).astype(float), array('optim/b', (OPT_N,), 1.0).astype(float), 0.5 * np.arange(1, OPT_N + 1)

def opt_numpy(o):
    w, b, a = opt_problem(); lr = o['lr']; wd = o.get('weight_decay', 0.0); m = np.zeros(OPT_N); v = np.zeros(OPT_N)
    b1, b2 = o.get('betas', [0.9, 0.999]); eps = o.get('eps', 1e-8); losses, ws = [], []
    for t in range(OPT_STEPS):
        if t == o.get('drop_at'): lr = lr * o['drop_by']
        losses.append(float((a * (w - b) ** 2).sum() / 2)); g = a * (w - b)
        if o['kind'] == 'sgd':
            g = g + wd * w
            if o.get('momentum'):
                m = g if t == 0 else o['momentum'] * m + g
                g = g + o['momentum'] * m if o.get('nesterov') else m
            w = w - lr * g
        else:
            if o['kind'] == 'adam': g = g + wd * w
            else: w = w * (1 - lr * wd)
            m = b1 * m + (1 - b1) * g; v = b2 * v + (1 - b2) * g * g
            w = w - lr / (1 - b1 ** (t + 1)) * m / (np.sqrt(v) / math.sqrt(1 - b2 ** (t + 1)) + eps)
        ws.append([float(q) for q in w])
    return losses, ws

SCHED_N, SCHED_LR = 20, 0.1
SCHEDULES = {  # rate at 0-based epoch (or step) e
    'step': (dict(every=6, by=0.1), lambda e: SCHED_LR * 0.1 ** (e // 6)),
    'multistep': (dict(at=[8, 14], by=0.1), lambda e: SCHED_LR * 0.1 ** ((e >= 8) + (e >= 14))),
    'exponential': (dict(tenfold_every=8), lambda e: SCHED_LR * 0.1 ** (e / 8)),
    'cosine': (dict(over=20, min=0.0), lambda e: SCHED_LR * (1 + math.cos(math.pi * e / 20)) / 2),
    'cosine_min': (dict(over=20, min=0.001), lambda e: 0.001 + (SCHED_LR - 0.001) * (1 + math.cos(math.pi * e / 20)) / 2),
    'warmup': (dict(start=0.2, over=5), lambda e: SCHED_LR * (0.2 + 0.8 * min(e, 5) / 5)),
    'warmup_cosine': (dict(start=0.2, warmup=5, over=15, min=0.0), lambda e: SCHED_LR * ((0.2 + 0.8 * e / 5) if e < 5 else (1 + math.cos(math.pi * (e - 5) / 15)) / 2))}

# ---------------------------------------------------------------- (e) single operations
def op_cases():
    """name -> dict(op, attributes, inputs: role -> (shape, scale, offset))"""
    c = {}
    def he(kh, kw, ci): return math.sqrt(6.0 / (kh * kw * ci))
    for k in (1, 3, 5):
        for s in (1, 2):
            for h, w in ((7, 5), (8, 6)):
                c[f'conv/k{k}s{s}/{h}x{w}'] = dict(op='conv', kernel=k, stride=s, inputs={'x': ((2, h, w, 3), 1, 0), 'kernel': ((k, k, 3, 4), he(k, k, 3), 0), 'bias': ((4,), .1, 0)})
    c['conv/k3s2/9x1'] = dict(op='conv', kernel=3, stride=2, inputs={'x': ((1, 9, 1, 2), 1, 0), 'kernel': ((3, 3, 2, 3), he(3, 3, 2), 0), 'bias': ((3,), .1, 0)})
    for k, s, h, w in ((3, 2, 8, 6), (3, 2, 7, 5), (5, 2, 8, 6), (5, 2, 7, 5), (3, 1, 7, 5), (1, 2, 8, 6)):  # h, w: the target
        c[f'tconv/k{k}s{s}/{h}x{w}'] = dict(op='transposed_conv', kernel=k, stride=s, target=[h, w], inputs={'x': ((2, -(-h // s), -(-w // s), 4), 1, 0), 'kernel': ((k, k, 3, 4), he(k, k, 4), 0)})
    for n, a in {'max2s2': dict(kind='max', k=2, s=2), 'max3s2p1': dict(kind='max', k=3, s=2, low=1), 'max2s2ceil': dict(kind='max', k=2, s=2, ceil=True),
                 'avg2s2': dict(kind='avg', k=2, s=2), 'avg2s2ceil': dict(kind='avg', k=2, s=2, ceil=True),
                 'avg3s2p1': dict(kind='avg', k=3, s=2, low=1, count_pad=True), 'avg3s2p1in': dict(kind='avg', k=3, s=2, low=1, count_pad=False)}.items():
        for h, w in ((8, 6), (7, 5)):
            c[f'pool/{n}/{h}x{w}'] = dict(op='pool', **a, inputs={'x': ((2, h, w, 3), 1, 0)})
    c['pool/max2s2/ties'] = dict(op='pool', kind='max', k=2, s=2, relu_first=True, inputs={'x': ((2, 8, 6, 3), 1, 0)})
    c['global/max'] = dict(op='global_max', inputs={'x': ((2, 5, 4, 3), 1, 0)}); c['global/avg'] = dict(op='global_average', inputs={'x': ((2, 5, 4, 3), 1, 0)})
    c['upsample/2'] = dict(op='upsample', factor=2, inputs={'x': ((2, 3, 4, 3), 1, 0)}); c['upsample/4'] = dict(op='upsample', factor=4, inputs={'x': ((1, 2, 3, 2), 1, 0)})
    c['dense/5to3'] = dict(op='dense', inputs={'x': ((4, 5), 1, 0), 'kernel': ((1, 1, 5, 3), he(1, 1, 5), 0), 'bias': ((3,), .1, 0)})
    c['lrn/spoerer'] = dict(op='lrn', radius=5, alpha=1e-4, beta=.5, c0=1.0, inputs={'x': ((2, 3, 2, 16), 3, 0)})
    c['lrn/strong'] = dict(op='lrn', radius=2, alpha=.3, beta=.75, c0=2.0, inputs={'x': ((2, 3, 2, 7), 3, 0)})
    c['lrn/wide'] = dict(op='lrn', radius=5, alpha=.05, beta=.5, c0=1.0, inputs={'x': ((1, 2, 2, 4), 3, 0)})
    for n, eps in (('bn/train', 1e-5), ('bn/train_eps3', 1e-3), ('bn/eval', 1e-5)):
        c[n] = dict(op='batch_norm', train='train' in n, eps=eps, momentum=0.1, inputs={'x': ((3, 4, 3, 5), 2, .5), 'gain': ((5,), .5, 1), 'shift': ((5,), .5, 0), 'mean': ((5,), .5, 0), 'var': ((5,), .5, 1)})
    for n, sc in (('', 3), ('_large', 200)):
        c['softmax/ce' + n] = dict(op='softmax_ce', labels='i mod 10', inputs={'x': ((12, 10), sc, 0)})
        c['sigmoid/ce' + n] = dict(op='sigmoid_ce', targets='1 where (i + j) mod 3 = 0, else 0', inputs={'x': ((4, 10), sc, 0)})
    return c

def op_inputs(name, c):
    return {r: array(f'{name}/{r}', sh, sc, off) for r, (sh, sc, off) in c['inputs'].items()}

def op_numpy(name, c):
    i = op_inputs(name, c); v = {r: V(a) for r, a in i.items()}; o = c['op']; x = v['x']; out = {}
    if o == 'conv': y = conv(x, v['kernel'], c['stride']) + v['bias']
    elif o == 'transposed_conv': y = tconv(x, v['kernel'], c['stride'], *c['target'])
    elif o == 'pool': y = pool(relu(x) if c.get('relu_first') else x, c['kind'], c['k'], c['s'], c.get('low', 0), c.get('ceil', False), c.get('count_pad', True))
    elif o == 'global_max': y = global_max(x)
    elif o == 'global_average': y = global_average(x)
    elif o == 'upsample': y = upsample(x, c['factor'])
    elif o == 'dense': y = dense(x, v['kernel']) + v['bias']
    elif o == 'lrn': y = lrn(x, c['radius'], c['alpha'], c['beta'], c['c0'])
    elif o == 'batch_norm':
        if c['train']:
            y = bn(x, c['eps']); m, s2 = moments(x); n = x.data[..., 0].size; mo = c['momentum']
            out.update(batch_mean=m, batch_var=s2, running_mean=(1 - mo) * v['mean'].data + mo * m,
                       running_var_biased=(1 - mo) * v['var'].data + mo * s2, running_var_unbiased=(1 - mo) * v['var'].data + mo * s2 * n / (n - 1))
        else: y = bn_eval(x, v['mean'].data, v['var'].data, c['eps'])
        y = gain(y, v['gain']) + v['shift']
    elif o == 'softmax_ce': e = []; y = softmax_loss(x, np.arange(len(x.data)) % 10, e); out['each'] = e[0]
    elif o == 'sigmoid_ce': e = []; y = sigmoid_loss(x, sig_targets(x.data.shape), e); out['each'] = e[0]
    backward(y, array(name + '/dy', y.data.shape, 1.0) if y.data.ndim else 1.0)
    out['y'] = y.data
    out.update({'d' + r: a.grad for r, a in v.items() if a.grad is not None})
    return out

def sig_targets(shape): return (np.add.outer(np.arange(shape[0]), np.arange(shape[1])) % 3 == 0).astype(float)

# ---------------------------------------------------------------- the second computation, with PyTorch
def torch_side():
    import torch, torch.nn.functional as F
    torch.set_default_dtype(torch.float64)
    T = lambda a: torch.from_numpy(np.asarray(a, np.float64))
    nchw = lambda a: T(a).permute(0, 3, 1, 2).contiguous()
    oihw = lambda a: T(a).permute(3, 2, 0, 1).contiguous()
    nhwc = lambda t: t.detach().permute(0, 2, 3, 1).numpy()
    hwio = lambda t: t.detach().permute(2, 3, 1, 0).numpy()
    def lrn_(x, r, alpha, beta, c0): return F.local_response_norm(x, 2 * r + 1, alpha * (2 * r + 1), beta, c0)
    def blt_(lat, fb, tap):
        w = blt_weights(); x = nchw(w['image']); k = {n: oihw(a) for n, a in w.items() if n.endswith('kernel')}; out = []
        b1, b2 = (T(w[f'L{i}/bias']).view(1, -1, 1, 1) for i in (1, 2))
        for t in range(BLT_T):
            z1n = F.conv2d(x, k['input/conv/kernel'], padding=1) + b1
            if t and lat: z1n = z1n + F.conv2d(h1 if tap == 'response' else z1, k['L1->L1/kernel'], padding=1)
            if t and fb: z1n = z1n + F.conv_transpose2d(h2, k['L2->L1/kernel'], stride=2, padding=1, output_padding=1)
            h1n = lrn_(F.relu(z1n), 5, 1e-4, .5, 1.)
            z2n = F.conv2d(F.max_pool2d(h1n, 2), k['L1->L2/kernel'], padding=1) + b2
            if t and lat: z2n = z2n + F.conv2d(h2 if tap == 'response' else z2, k['L2->L2/kernel'], padding=1)
            z1, z2, h1, h2 = z1n, z2n, h1n, lrn_(F.relu(z2n), 5, 1e-4, .5, 1.)
            z = h2.amax((2, 3)) @ T(w['readout/dense/kernel'][0, 0]) + T(w['readout/dense/bias'])
            out.append((nhwc(h1), nhwc(h2), z.numpy()))
        return [np.stack(o, 1) for o in zip(*out)]
    def twostage_(untied):
        p = {n: (oihw(a) if a.ndim == 4 else T(a)).requires_grad_() for n, a in ts_params(untied).items()}
        norm = lambda s: F.batch_norm(s, None, None, training=True, eps=1e-5)
        cb = lambda s, n: F.conv2d(s, p[n + '/kernel'], p[n + '/bias'], padding=1)
        s = cb(nchw(array('image', (TS_N, TS_H, TS_H, 3), 1.0)), 'input/conv'); st = [s]
        for t in range(1, 12):
            e = 'S1->S1' if t < 6 else 'S2->S2'; n = ts_name(e, t, untied)
            s = cb(s, 'S1->S2') if t == 6 else s + cb(F.relu(norm(cb(F.relu(norm(s)), n + '/1'))), n + '/2'); st.append(s)
        z = F.relu(norm(s)).mean((2, 3)) @ p['readout/dense/kernel'][:, :, 0, 0].T + p['readout/dense/bias']
        loss = F.cross_entropy(z, torch.arange(TS_N) % 10); loss.backward()
        return np.stack([nhwc(q) for q in st], 1), z.detach().numpy(), float(loss.detach()), {n: hwio(q.grad) if q.ndim == 4 else q.grad.numpy() for n, q in p.items()}
    def op_(name, c):
        i = op_inputs(name, c); o = c['op']; out = {}; v = {}
        for r, a in i.items(): v[r] = ((nchw(a) if r == 'x' else oihw(a)) if a.ndim == 4 else T(a)).clone().requires_grad_(r not in ('mean', 'var'))
        x = v['x']
        if o == 'conv': y = F.conv2d(x, v['kernel'], v['bias'], stride=c['stride'], padding=c['kernel'] // 2)
        elif o == 'transposed_conv':
            k, s = c['kernel'], c['stride']; op = [t - ((q - 1) * s + k - 2 * (k // 2)) for t, q in zip(c['target'], x.shape[2:])]
            y = F.conv_transpose2d(x, v['kernel'], stride=s, padding=k // 2, output_padding=op)
        elif o == 'pool':
            q = F.relu(x) if c.get('relu_first') else x
            y = F.max_pool2d(q, c['k'], c['s'], c.get('low', 0), ceil_mode=c.get('ceil', False)) if c['kind'] == 'max' else \
                F.avg_pool2d(q, c['k'], c['s'], c.get('low', 0), ceil_mode=c.get('ceil', False), count_include_pad=c.get('count_pad', True))
        elif o == 'global_max': y = F.adaptive_max_pool2d(x, 1)[:, :, 0, 0]
        elif o == 'global_average': y = x.mean((2, 3))
        elif o == 'upsample': y = F.interpolate(x, scale_factor=c['factor'], mode='nearest')
        elif o == 'dense': y = F.linear(x, v['kernel'][:, :, 0, 0], v['bias'])
        elif o == 'lrn': y = lrn_(x, c['radius'], c['alpha'], c['beta'], c['c0'])
        elif o == 'batch_norm':
            rm, rv = v['mean'].clone(), v['var'].clone()
            y = F.batch_norm(x, rm, rv, v['gain'], v['shift'], c['train'], c['momentum'], c['eps'])
            if c['train']: out.update(running_mean=rm.numpy(), running_var_unbiased=rv.numpy())
        elif o == 'softmax_ce':
            l = torch.arange(len(x)) % 10; y = F.cross_entropy(x, l); out['each'] = F.cross_entropy(x, l, reduction='none').detach().numpy()
        elif o == 'sigmoid_ce':
            t = T(sig_targets(tuple(x.shape))); e = F.binary_cross_entropy_with_logits(x, t, reduction='none'); y = e.sum() / len(x); out['each'] = e.detach().numpy()
        if y.ndim == 4: dy = nchw(array(name + '/dy', (y.shape[0], y.shape[2], y.shape[3], y.shape[1]), 1.0))
        elif y.ndim: dy = T(array(name + '/dy', tuple(y.shape), 1.0))
        else: dy = torch.ones(())
        y.backward(dy)
        out['y'] = nhwc(y) if y.ndim == 4 else y.detach().numpy()
        for r, a in v.items():
            if a.grad is not None: out['d' + r] = (nhwc(a.grad) if r == 'x' else hwio(a.grad)) if a.ndim == 4 else a.grad.numpy()
        return out
    def opt_(o):
        w0, b, a = opt_problem(); w = T(w0).clone().requires_grad_(); b, a = T(b), T(a)
        kw = {k: q for k, q in o.items() if k in ('lr', 'momentum', 'nesterov', 'weight_decay', 'eps')}
        if 'betas' in o: kw['betas'] = tuple(o['betas'])
        opt = {'sgd': torch.optim.SGD, 'adam': torch.optim.Adam, 'adamw': torch.optim.AdamW}[o['kind']]([w], **({'weight_decay': 0.0} | kw))
        losses, ws = [], []
        for t in range(OPT_STEPS):
            if t == o.get('drop_at'): opt.param_groups[0]['lr'] *= o['drop_by']
            opt.zero_grad(); l = (a * (w - b) ** 2).sum() / 2; losses.append(float(l.detach())); l.backward(); opt.step(); ws.append(w.tolist())
        return losses, ws
    def sched_(n):
        S = torch.optim.lr_scheduler; opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=SCHED_LR)
        warm = lambda: S.LinearLR(opt, start_factor=.2, total_iters=5)
        s = {'step': lambda: S.StepLR(opt, 6, .1), 'multistep': lambda: S.MultiStepLR(opt, [8, 14], .1), 'exponential': lambda: S.ExponentialLR(opt, .1 ** (1 / 8)),
             'cosine': lambda: S.CosineAnnealingLR(opt, 20), 'cosine_min': lambda: S.CosineAnnealingLR(opt, 20, .001), 'warmup': warm,
             'warmup_cosine': lambda: S.SequentialLR(opt, [warm(), S.CosineAnnealingLR(opt, 15)], [5])}[n]()
        out = []
        for _ in range(SCHED_N): out.append(float(opt.param_groups[0]['lr'])); opt.step(); s.step()
        return out
    return torch.__version__, blt_, twostage_, op_, opt_, sched_

# ---------------------------------------------------------------- writing
def main():
    ap = argparse.ArgumentParser(); ap.add_argument('--torch', action='store_true'); ap.add_argument('--train', choices=['w1', 'w2'])
    ap.add_argument('--out', default=os.path.dirname(os.path.abspath(__file__))); a = ap.parse_args()
    path = lambda f: os.path.join(a.out, f)
    def save_json(f, o):
        with open(path(f), 'w') as w: json.dump(o, w, indent=1); w.write('\n')
    if a.train:
        losses, norms = train(a.train); ref = json.load(open(path('training.json')))[a.train]
        d = {k: max(abs(x - y) for x, y in zip(losses, ref['losses'][k])) for k in ref['losses']}
        g = max(abs(norms[k] / ref['grad_norm_update0_float64'][k] - 1) for k in norms)
        print(f'numpy float64 against training.json, largest loss difference: {d}; largest relative difference of gradient norms: {g:.2e}')
        return
    ts = torch_side() if a.torch else None; check = {}
    def cmp(group, x, y):
        x, y = np.asarray(x, float), np.asarray(y, float); assert x.shape == y.shape, (group, x.shape, y.shape)
        check[group] = max(check.get(group, 0.0), float(np.abs(x - y).max()))
    put = lambda d, n, v: d.__setitem__(n, np.asarray(v, np.float32))
    rms = lambda s: np.sqrt((s ** 2).mean((2, 3, 4)))

    z = {}
    put(z, 'L1/index', L1_INDEX); put(z, 'L2/index', L2_INDEX)
    for m, args in BLT_MODELS.items():
        r1, r2, lg = blt(*args)
        for n, r, ix in (('L1', r1, L1_INDEX), ('L2', r2, L2_INDEX)):
            put(z, f'{m}/{n}', r[:, :, ix][:, :, :, ix]); put(z, f'{m}/{n}/mean', r.mean((2, 3, 4))); put(z, f'{m}/{n}/rms', rms(r))
        put(z, f'{m}/logits', lg)
        print(f'{m}: rms L1 {rms(r1)[0].round(3)} L2 {rms(r2)[0].round(3)}')
        if ts:
            for p, q in zip((r1, r2, lg), ts[1](*args)): cmp('blt', p, q)
    np.savez_compressed(path('blt.npz'), **z)

    z, js = {}, {'labels': 'i mod 10', 'tied': {}, 'untied': {}}
    put(z, 'index', TS_INDEX)
    for m in ('tied', 'untied'):
        st, lg, loss, grads = twostage(m == 'untied')
        sub = st[:, :, TS_INDEX][:, :, :, TS_INDEX]
        put(z, f'{m}/S1', sub[:, :6]); put(z, f'{m}/S2', sub[:, 6:]); put(z, f'{m}/mean', st.mean((2, 3, 4))); put(z, f'{m}/rms', rms(st))
        put(z, f'{m}/logits', lg); put(z, f'{m}/loss', loss)
        js[m] = {'loss': loss, 'parameters': sum(int(g.size) for g in grads.values()), 'grad_norm': {k: float(np.linalg.norm(g)) for k, g in grads.items()}}
        keep = grads if m == 'tied' else ['input/conv/kernel', 'S1->S1@1/1/kernel', 'S1->S1@3/2/kernel', 'S1->S1@3/2/bias', 'S1->S2/kernel', 'S2->S2@7/1/kernel', 'S2->S2@11/2/kernel', 'readout/dense/kernel', 'readout/dense/bias']
        for k in keep: put(z, f'{m}/grad/{k}', grads[k])
        print(f'{m}: loss {loss:.6f} rms {rms(st)[0].round(3)}')
        if ts:
            st2, lg2, loss2, g2 = ts[2](m == 'untied'); cmp('twostage/states', st, st2); cmp('twostage/logits', lg, lg2); cmp('twostage/loss', loss, loss2)
            for k in grads: cmp('twostage/gradients', grads[k], g2[k])
    np.savez_compressed(path('twostage.npz'), **z); save_json('twostage.json', js)

    z, js = {}, {}
    for n, c in op_cases().items():
        out = op_numpy(n, c)
        for r, v in out.items(): put(z, f'{n}/{r}', v)
        js[n] = {k: v for k, v in c.items() if k != 'inputs'} | {'inputs': {r: {'shape': list(s), 'scale': sc, 'offset': of} for r, (s, sc, of) in c['inputs'].items()},
                 'outputs': {r: list(np.shape(v)) for r, v in out.items()}}
        if out['y'].ndim == 0: js[n]['loss'] = float(out['y'])
        if ts:
            for r, v in ts[3](n, c).items(): cmp('ops/' + c['op'], out[r], v)
    np.savez_compressed(path('ops.npz'), **z)
    with open(path('ops.json'), 'w') as w:
        w.write('{\n' + ',\n'.join(f' {json.dumps(k)}: {json.dumps(v)}' for k, v in js.items()) + '\n}\n')

    names = [('image', (4,), 1.0), ('image', (4,), 1.7320508), ('L1->L2/kernel', (3, 3, 8, 8), math.sqrt(6 / 72)), ('readout/dense/bias', (10,), 0.1), ('S1->S1@3/1/kernel', (3, 3, 8, 8), math.sqrt(6 / 72))]
    save_json('weights.json', [{'name': n, 'fnv1a64': f'{fnv1a64(n):016x}', 'scale': s, 'first4': [float(v) for v in array(n, sh, s).ravel()[:4]],
                               'count': int(np.prod(sh)), 'sum_float64': float(array(n, sh, s).astype(float).sum())} for n, sh, s in names])

    if ts:
        w, b, q = opt_problem(); js = {'torch': ts[0], 'problem': {'w': w.tolist(), 'b': b.tolist(), 'a': q.tolist(), 'loss': 'sum a (w - b)^2 / 2'}, 'optimisers': {}, 'schedules': {}}
        for n, o in OPT_CASES.items():
            l, ws = ts[4](o); l2, ws2 = opt_numpy(o); cmp('optimisers', ws, ws2); cmp('optimisers', l, l2)
            js['optimisers'][n] = {'settings': o, 'losses': l, 'weights': ws}
        for n, (o, f) in SCHEDULES.items():
            r = ts[5](n); cmp('schedules', r, [f(e) for e in range(SCHED_N)]); js['schedules'][n] = {'settings': {'rate': SCHED_LR} | o, 'rates': r}
        with open(path('optim.json'), 'w') as f:
            rows = lambda d: '{\n' + ',\n'.join(f'  {json.dumps(k)}: {json.dumps(v)}' for k, v in d.items()) + '\n }'
            f.write(f'{{\n "torch": {json.dumps(ts[0])},\n "problem": {json.dumps(js["problem"])},\n "optimisers": {rows(js["optimisers"])},\n "schedules": {rows(js["schedules"])}\n}}\n')
        save_json('check.json', {'numpy': np.__version__, 'torch': ts[0], 'largest absolute difference numpy - torch, float64': check})
        print(json.dumps(check, indent=1)); bad = {k: v for k, v in check.items() if v > 1e-9}
        if bad: sys.exit(f'numpy and torch disagree: {bad}')

if __name__ == '__main__': main()
