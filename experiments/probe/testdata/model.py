"""The cortex twoAreas of fixture_test.go in float64, written from its equations alone, and what
probes measure of it: gradients by central differences, answers without an update, the Jacobian
of its state map by central differences.

    u_A(t) = 0.5 u_A(t-1) + 0.5 (b_A + W_in x + W_AA tanh u_A(t-1) + W_BA tanh u_B(t-1))
    u_B(t) = b_B + W_AB tanh u_A(t-1) + W_BB tanh u_B(t-2)
    logits(t) = W_o tanh u_B(t) + b_o

python3 model.py > model.json
"""
import json
import numpy as np


def pattern(k, *shape):
    i = np.arange(np.prod(shape))
    return np.sin(1 + 7 * k + 1.3 * i).astype(np.float32).astype(np.float64).reshape(shape)


W_in, b_A, b_B = pattern(0, 5, 4), pattern(1, 4), pattern(2, 3)
W_AA, W_AB, W_BA, W_BB = pattern(3, 4, 4), pattern(4, 4, 3), pattern(5, 3, 4), pattern(6, 3, 3)
W_o, b_o = pattern(7, 3, 3), pattern(8, 3)
STEPS, TRAINED, IMAGES = 6, (3, 4, 5), 6


def step(x, a1, b1, b2):
    """States at t from those of A and B at t-1 and of B at t-2; None has nothing yet."""
    z = b_A + x @ W_in
    if a1 is not None:
        z = z + np.tanh(a1) @ W_AA
    if b1 is not None:
        z = z + np.tanh(b1) @ W_BA
    a = 0.5 * z if a1 is None else 0.5 * a1 + 0.5 * z
    if a1 is None:
        return a, None
    b = b_B + np.tanh(a1) @ W_AB
    if b2 is not None:
        b = b + np.tanh(b2) @ W_BB
    return a, b


def run(x, steps=STEPS, change=None, drop=()):
    """States by step; change adds a vector to the state of (area, step); drop keeps states."""
    A, B = [], []
    for t in range(steps):
        a, b = step(x, A[t - 1] if t else None, B[t - 1] if t else None, B[t - 2] if t > 1 else None)
        if ('A', t) in drop:
            a = A[t - 1]
        if ('B', t) in drop:
            b = B[t - 1]
        if change and change[0] == 'A' and change[1] == t:
            a = a + change[2]
        if change and change[0] == 'B' and change[1] == t:
            b = b + change[2]
        A.append(a)
        B.append(b)
    return A, B


def logits(b):
    return np.tanh(b) @ W_o + b_o


def loss(x, label, **how):
    _, B = run(x, **how)
    total = 0
    for t in TRAINED:
        z = logits(B[t])
        total += np.log(np.exp(z).sum()) - z[label]
    return total


def gradient(x, label, area, t, n, h=1e-5):
    g = np.zeros(n)
    for i in range(n):
        e = np.zeros(n)
        e[i] = h
        g[i] = (loss(x, label, change=(area, t, e)) - loss(x, label, change=(area, t, -e))) / (2 * h)
    return g


def of(v):
    return None if v is None else float(v)


out = {'loss': [], 'cosine': {'A': [], 'B': []}, 'ratio': {'A': [], 'B': []}, 'size': {'A': [], 'B': []},
       'right': {'A': [], 'B': []}, 'without': [], 'all': []}
for i in range(IMAGES):
    x, label = pattern(100 + i, 5), i % 3
    A, B = run(x)
    out['loss'].append(loss(x, label))
    right = lambda drop: float(np.argmax(logits(run(x, drop=drop)[1][5])) == label)
    out['all'].append(right(()))
    out['without'].append([None if t == 0 else right([('A', t)] + ([('B', t)] if t > 1 else [])) for t in range(STEPS)])
    for name, S, n, onset in (('A', A, 4, 0), ('B', B, 3, 1)):
        g = [gradient(x, label, name, t, n) if t >= onset else None for t in range(STEPS)]
        cosine, ratio, right_of = [], [], []
        for t in range(STEPS):
            if t <= onset:
                cosine.append(None), ratio.append(None), right_of.append(None)
                continue
            d = S[t] - S[t - 1]
            ratio.append(np.linalg.norm(d) / np.linalg.norm(S[t - 1]))
            cosine.append(None if np.linalg.norm(g[t - 1]) == 0 else -(d @ g[t - 1]) / np.linalg.norm(d) / np.linalg.norm(g[t - 1]))
            right_of.append(right([(name, t)]))
        out['cosine'][name].append(cosine)
        out['ratio'][name].append(ratio)
        out['right'][name].append(right_of)
        out['size'][name].append([None if v is None or np.linalg.norm(v) == 0 else np.linalg.norm(v) for v in g])

# The state map: the state is u_A(t-1), u_B(t-1), u_B(t-2). With connections of half the weights the
# cortex settles; its fixed point is where 2000 steps lead, its Jacobian by central differences.
W_AA, W_AB, W_BA, W_BB = W_AA / 2, W_AB / 2, W_BA / 2, W_BB / 2
out['jacobian'] = []
for i in range(IMAGES):
    x = pattern(100 + i, 5)

    def F(s):
        a, b = step(x, s[:4], s[4:7], s[7:])
        return np.concatenate([a, b, s[4:7]])

    A, B = run(x, 2000)
    s = np.concatenate([A[-1], B[-1], B[-2]])
    h, J = 1e-6, np.zeros((10, 10))
    for k in range(10):
        e = np.zeros(10)
        e[k] = h
        J[:, k] = (F(s + e) - F(s - e)) / (2 * h)
    w = np.linalg.eigvals(J)
    w = w[np.lexsort((-w.imag, -np.round(abs(w), 6)))]
    out['jacobian'].append({'speed': float(np.linalg.norm(F(s) - s)), 'size': float(np.linalg.norm(s)), 'real': w.real.tolist(), 'imag': w.imag.tolist()})
print(json.dumps(out, indent=None, separators=(',', ':')))
