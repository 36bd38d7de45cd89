#!/usr/bin/env python3
"""Execute the JSON of a program once, in float64, as program.md defines it.

    interpret.py PROGRAM.json IN.npz OUT.npz

IN.npz has the arrays input/NAME and var/NAME; OUT.npz receives output/NAME and var/NAME (after the run).
"""
import json
import sys
import numpy as np

ceil = lambda n, by: -(-n // by)


def taps(size, window, stride, low, out):
    """For each element of a window, in row order: its place, and the slices of the image and of the result that meet there."""
    def axis(k):
        for a in range(window[k]):
            first = max(0, ceil(low[k] - a, stride))
            last = min(out[k] - 1, (size[k] - 1 + low[k] - a) // stride)
            if first <= last:
                start = first * stride + a - low[k]
                yield a, slice(start, start + (last - first) * stride + 1, stride), slice(first, last + 1)
    for a, rows, into_rows in axis(0):
        for b, cols, into_cols in axis(1):
            yield (a, b), np.s_[:, rows, cols, :], np.s_[:, into_rows, into_cols, :]


def conv_taps(x, k, stride):
    """x and k are the shapes of the image and of the kernel."""
    return taps(x[1:3], k[:2], stride, [(k[0] - 1) // 2, (k[1] - 1) // 2], [ceil(x[1], stride), ceil(x[2], stride)])


def windows(x, size, stride):
    """The shape of what pooling x gives, and the taps of its windows."""
    n, h, w, c = x.shape
    if size == 0:
        return (n, 1, 1, c), list(taps((h, w), (h, w), 1, [0, 0], [1, 1]))
    return (n, ceil(h, stride), ceil(w, stride), c), list(conv_taps(x.shape, (size, size), stride))


def conv2d(x, k, stride):
    y = np.zeros((len(x), ceil(x.shape[1], stride), ceil(x.shape[2], stride), k.shape[3]))
    for at, image, result in conv_taps(x.shape, k.shape, stride):
        y[result] += x[image] @ k[at]
    return y


def conv_transpose2d(y, k, stride, height, width):
    x = np.zeros((len(y), height, width, k.shape[2]))
    for at, image, result in conv_taps(x.shape, k.shape, stride):
        x[image] += y[result] @ k[at].T
    return x


def conv_kernel(x, d, stride, kh, kw):
    g = np.zeros((kh, kw, x.shape[3], d.shape[3]))
    for at, image, result in conv_taps(x.shape, g.shape, stride):
        g[at] = np.tensordot(x[image], d[result], axes=([0, 1, 2], [0, 1, 2]))
    return g


def pool2d(x, fn, size, stride):
    shape, places = windows(x, size, stride)
    y, count = np.full(shape, -np.inf if fn == "max" else 0.0), np.zeros(shape)
    for _, image, result in places:
        y[result] = np.maximum(y[result], x[image]) if fn == "max" else y[result] + x[image]
        count[result] += 1
    return y if fn == "max" else y / count


def pool2d_grad(d, x, fn, size, stride):
    g, count, best, winner = np.zeros(x.shape), np.zeros(d.shape), np.full(d.shape, -np.inf), np.full(d.shape, -1)
    _, places = windows(x, size, stride)
    for n, (_, image, result) in enumerate(places):
        count[result] += 1
        better = (x[image] > best[result]) | (winner[result] < 0)
        best[result] = np.where(better, x[image], best[result])
        winner[result] = np.where(better, n, winner[result])
    for n, (_, image, result) in enumerate(places):
        g[image] += d[result] * (winner[result] == n) if fn == "max" else d[result] / count[result]
    return g


UNARY = {
    "relu": lambda x: np.where(x < 0, 0, x),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": lambda x: np.tanh(x),
    "softplus": lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
    "elu": lambda x: np.where(x < 0, np.expm1(np.minimum(x, 0)), x),
}
UNARY_GRAD = {
    "relu": lambda y: np.where(y > 0, 1.0, 0.0),
    "sigmoid": lambda y: y * (1 - y),
    "tanh": lambda y: 1 - y * y,
    "softplus": lambda y: -np.expm1(-y),
    "elu": lambda y: np.where(y >= 0, 1.0, y + 1),
}


def pool_moments(*pairs):
    means, variances = np.array(pairs[0::2]), np.array(pairs[1::2])
    mean = means.mean(0)
    return mean, (variances + (means - mean) ** 2).mean(0)


def normalise_apply(d, x, mean, var, sd, sdy, eps):
    m, r = x.size / x.shape[3], 1 / np.sqrt(var + eps)
    return r * (d - sd / m - (x - mean) * r * sdy / m)


def near(x, radius):
    """The sum over channels at most radius away."""
    channels = np.arange(x.shape[3])
    return x @ (np.abs(channels[:, None] - channels) <= radius).astype(float)


def lrn_grad(d, x, radius, alpha, beta, bias):
    s = bias + alpha * near(x * x, radius)
    return d * s ** -beta - 2 * alpha * beta * x * near(d * x * s ** (-beta - 1), radius)


def sgd(w, g, v, rate, momentum, decay, nesterov):
    g = g + decay * w
    v = momentum * v + g
    return w - rate * (g + momentum * v if nesterov else v), v


def adam(w, g, m, v, rate, t, beta1, beta2, eps, decay, decoupled):
    w, g = (w * (1 - rate * decay), g) if decoupled else (w, g + decay * w)
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
    return w - rate * (m / (1 - beta1 ** t)) / (np.sqrt(v / (1 - beta2 ** t)) + eps), m, v


box = lambda z: np.ascontiguousarray((z[1:, 1:] + z[:-1, 1:] + z[1:, :-1] + z[:-1, :-1]).transpose(0, 1, 3, 2))
OPERATIONS = {
    "scale_some": lambda x, gain, channels: x * np.where(np.isin(np.arange(x.shape[3]), [int(c) for c in channels.split(",")]), gain, 1.0),
    "conv2d": conv2d, "conv_transpose2d": conv_transpose2d, "conv_kernel": conv_kernel, "pool2d": pool2d, "pool2d_grad": pool2d_grad,
    "upsample": lambda x, factor: x.repeat(factor, 1).repeat(factor, 2),
    "enlarge_kernel": lambda w: box(np.pad(w[::-1, ::-1], ((1, 1), (1, 1), (0, 0), (0, 0)))), "enlarge_kernel_grad": lambda d: box(d[::-1, ::-1]),
    "sum_blocks": lambda x, factor: x.reshape(len(x), x.shape[1] // factor, factor, x.shape[2] // factor, factor, -1).sum((2, 4)),
    "sum": lambda *xs: sum(xs), "mul": lambda x, y: x * y, "linear": lambda x, a, b: a * x + b, "after": lambda x, y: x, "round": lambda x, bits: np.ldexp(np.round(np.ldexp(np.frexp(x)[0], bits)), np.frexp(x)[1] - bits),
    "unary": lambda x, fn: UNARY[fn](x), "unary_grad": lambda d, *xy, fn: d * UNARY_GRAD[fn](*xy),
    "fill": lambda x, value, h, w, c: np.full((len(x), h, w, c), float(value)),
    "constant": lambda value: np.float64(value), "zeros": lambda n: np.zeros(n),
    "add_bias": lambda x, b: x + b, "scale_shift": lambda x, g, s: x * g + s, "scale_channels": lambda x, g: x * g,
    "sum_pixels": lambda x: x.sum((0, 1, 2)), "dot_pixels": lambda x, y: (x * y).sum((0, 1, 2)),
    "reshape": lambda x, h, w, c: x.reshape(len(x), h, w, c),
    "moments": lambda x: (x.mean((0, 1, 2)), x.var((0, 1, 2))),
    "moments_grad": lambda x, mean, dmean, dvar: (dmean + 2 * (x - mean) * dvar) / (x.size / x.shape[3]),
    "normalise": lambda x, mean, var, eps: (x - mean) / np.sqrt(var + eps), "normalise_scale": lambda d, var, eps: d / np.sqrt(var + eps),
    "normalise_sums": lambda d, x, mean, var, eps: (d.sum((0, 1, 2)), (d * (x - mean) / np.sqrt(var + eps)).sum((0, 1, 2))),
    "normalise_apply": normalise_apply, "variance_grad": lambda var, sd, sdy, eps: (-sd / np.sqrt(var + eps), -sdy / (2 * (var + eps))),
    "pool_moments": pool_moments, "blend": lambda old, new, rate, factor: (1 - rate) * old + rate * factor * new,
    "lrn": lambda x, radius, alpha, beta, bias: x * (bias + alpha * near(x * x, radius)) ** -beta,
    "lrn_grad": lrn_grad,
    "softmax_loss": lambda z, y: (y * (np.logaddexp.reduce(z, 3, keepdims=True) - z)).sum(3, keepdims=True),
    "softmax_loss_grad": lambda d, z, y: d * (np.exp(z - np.logaddexp.reduce(z, 3, keepdims=True)) * y.sum(3, keepdims=True) - y),
    "sigmoid_loss": lambda z, y: (UNARY["softplus"](-z) + (1 - y) * z).sum(3, keepdims=True),
    "sigmoid_loss_grad": lambda d, z, y: d * (UNARY["sigmoid"](z) - y),
    "mean_images": lambda x: x.mean(), "pick": lambda x, index: x[index], "place": lambda x, index, n: np.where(np.arange(n) == index, x, 0.0),
    "scale_by": lambda x, s: x * s, "inner": lambda x, y: (x * y).sum(), "spread": lambda s, like: np.full(like.shape, s / like.size),
    "sgd": sgd, "adam": adam,
}


def run(program, arrays):
    """Return the arrays of OUT.npz."""
    if program["format"] != 2:
        sys.exit(f"interpret.py: found format {program['format']}, want 2")
    values = [None] * len(program["values"])

    def define(value, array, what):
        values[value] = np.asarray(array, dtype=np.float64)
        if list(values[value].shape) != program["values"][value]:
            sys.exit(f"interpret.py: {what}: found shape {list(values[value].shape)}, want {program['values'][value]}")

    for kind, ports in ("input/", program["inputs"]), ("var/", program["variables"]):
        for p in ports:
            define(p["value"], arrays[kind + p["name"]], kind + p["name"])
    for i in program["instructions"]:
        results = OPERATIONS[i["op"]](*(values[a] for a in i["args"]), **i["attributes"])
        for value, array in zip(i["results"], results if isinstance(results, tuple) else (results,), strict=True):
            define(value, array, i["op"])
    stored = {u["variable"]: u["from"] for u in program["updates"]}
    out = {"output/" + p["name"]: values[p["value"]] for p in program["outputs"]}
    out.update({"var/" + v["name"]: values[stored.get(v["value"], v["value"])] for v in program["variables"]})
    for value in [p["value"] for p in program["outputs"] if values[p["value"]].ndim == 0] + list(stored.values()):
        if not np.isfinite(values[value]).all():
            sys.exit(f"interpret.py: value {value}, a scalar output or an update, is not finite")
    return out


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as f:
        program = json.load(f)
    np.seterr(over="ignore")
    with np.load(sys.argv[2]) as arrays:
        np.savez(sys.argv[3], **run(program, arrays))
