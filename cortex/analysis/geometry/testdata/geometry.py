"""Writes geometry.json: what rsatoolbox, SciPy and NumPy give of the numbers in geometry_test.go.

    pip install rsatoolbox==0.3.2 scipy
    python geometry.py > geometry.json
"""
import json
import sys
import warnings

import numpy as np
import rsatoolbox
from rsatoolbox.inference.noise_ceiling import boot_noise_ceiling
from scipy.stats import spearmanr

warnings.simplefilter("ignore")
N, UNITS, FOLDS, SUBJECTS = 8, 10, 3, 4


def recorded(seed, *shape):
    k = np.arange(np.prod(shape))
    return (((31 + seed) * k * k + (7 + 2 * seed) * k) % 257 / 256).reshape(shape)  # exact in float64


out = {}
data = rsatoolbox.data.Dataset(recorded(0, N, UNITS))
# rsatoolbox 0.3.2 has no cosine distance of patterns: by its definition
x = recorded(0, N, UNITS)
unit = x / np.linalg.norm(x, axis=1, keepdims=True)
out["cosine distance"] = (1 - unit @ unit.T)[np.triu_indices(N, 1)].tolist()
for method in "correlation", "euclidean":
    out[method] = rsatoolbox.rdm.calc_rdm(data, method=method).dissimilarities[0].tolist()

folds = recorded(2, FOLDS, N, UNITS)
whole = rsatoolbox.data.Dataset(folds.reshape(-1, UNITS), obs_descriptors={
    "image": np.tile(np.arange(N), FOLDS), "fold": np.repeat(np.arange(FOLDS), N)})
out["crossnobis"] = rsatoolbox.rdm.calc_rdm(whole, method="crossnobis", descriptor="image", cv_descriptor="fold").dissimilarities[0].tolist()
noise = rsatoolbox.data.noise.prec_from_measurements(whole, obs_desc="image", method="diag")
out["crossnobis diagonal"] = rsatoolbox.rdm.calc_rdm(whole, method="crossnobis", descriptor="image", cv_descriptor="fold", noise=noise).dissimilarities[0].tolist()
out["noise variance"] = (1 / np.diag(noise)).tolist()

pairs = N * (N - 1) // 2
subjects = np.round(recorded(3, SUBJECTS, pairs) * 12)  # with ties
names = {"spearman": "spearman", "pearson": "corr", "cosine": "cosine", "kendall": "tau-a"}
rdms = rsatoolbox.rdm.RDMs(subjects)
for ours, theirs in names.items():
    out[ours] = rsatoolbox.rdm.compare(rdms, rdms, method=theirs).tolist()
    if ours != "kendall":
        out["ceiling " + ours] = list(boot_noise_ceiling(rdms, method=theirs))

# images 0, 0, 2, 3, 3, 3, 5, 7 drawn: pairs of them, those of an image with itself left out
draw = np.array([0, 0, 2, 3, 3, 3, 5, 7])
full = []
for s in subjects:
    square = np.zeros((N, N))
    square[np.triu_indices(N, 1)] = s
    square += square.T
    part = square[np.ix_(draw, draw)][np.triu_indices(len(draw), 1)]
    full.append(part[(draw[:, None] != draw[None, :])[np.triu_indices(len(draw), 1)]])
again = rsatoolbox.rdm.RDMs(np.array([*full, *full[:0]]))
i, j = 0, 1


def compare(a, b, method):
    if method == "spearman":
        return spearmanr(a, b).statistic
    if method == "corr":
        return np.corrcoef(a, b)[0, 1]
    if method == "cosine":
        return a @ b / np.sqrt((a @ a) * (b @ b))
    n = len(a)
    s = sum(np.sign(a[k] - a[:k]) @ np.sign(b[k] - b[:k]) for k in range(n))
    return s / (n * (n - 1) / 2)


out["drawn"] = {ours: compare(full[i], full[j], theirs) for ours, theirs in names.items()}


def hsic(k, l):
    n = len(k)
    k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))
    one = np.ones(n)
    return (np.trace(k @ l) + one @ k @ one * (one @ l @ one) / (n - 1) / (n - 2) - 2 / (n - 2) * one @ k @ l @ one) / (n * (n - 3))


def cka(x, y):
    k, l = x @ x.T, y @ y.T
    return hsic(k, l) / np.sqrt(hsic(k, k) * hsic(l, l))


a = recorded(5, N, UNITS)
b = a[:, :6] + 2 * recorded(6, N, 6)
out["cka"] = cka(a, b)
out["cka without"] = [cka(np.delete(a, m, 0), np.delete(b, m, 0)) for m in range(N)]
out["cka of some"] = cka(a[[5, 0, 3, 7, 2]], b[[5, 0, 3, 7, 2]])
json.dump(out, sys.stdout)
print()
