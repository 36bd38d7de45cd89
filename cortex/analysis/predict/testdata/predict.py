"""Writes predict.json: what scikit-learn and NumPy give of the numbers in predict_test.go.

    pip install scikit-learn==1.9.1
    python predict.py > predict.json
"""
import json
import sys

import numpy as np
from sklearn.cross_decomposition import PLSRegression
from sklearn.linear_model import Ridge

N, TESTS, D, Q = 30, 5, 12, 5


def recorded(seed, *shape):
    k = np.arange(np.prod(shape))
    return (((31 + seed) * k * k + (7 + 2 * seed) * k) % 257 / 256).reshape(shape)  # exact in float64


x, y = recorded(0, N, D), recorded(1, N, Q)
y = y + x[:, :Q] * 2 + x[:, 3:3 + Q]
tests = recorded(2, TESTS, D)
out = {"pls": {}, "ridge": {}}
for k in 1, 4, 12:
    # The power method of scikit-learn stops early by its defaults.
    pls = PLSRegression(n_components=k, scale=False, max_iter=100_000, tol=1e-28).fit(x, y)
    out["pls"][k] = pls.predict(tests).tolist()
wide, few = recorded(4, 8, D), recorded(5, 8, 1)  # fewer images than features, one response
out["few"] = PLSRegression(n_components=3, scale=False, tol=1e-28).fit(wide, few).predict(tests).reshape(-1, 1).tolist()

for name, (a, b) in {"many": (x, y), "few": (wide, few)}.items():
    centred, target = a - a.mean(0), b - b.mean(0)
    n = len(a)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    scale = (s ** 2).sum() / min(n - 1, D)
    errors = []
    penalties = 10.0 ** np.arange(-4, 5) * scale
    for penalty in penalties:
        hat = u @ np.diag(s ** 2 / (s ** 2 + penalty)) @ u.T
        errors.append(((target - hat @ target) ** 2).sum() / (n - 1 - np.trace(hat)) ** 2)
    best = penalties[int(np.argmin(errors))]
    out["ridge"][name] = {"penalty": best, "predicted": Ridge(alpha=best).fit(a, b).predict(tests).reshape(TESTS, -1).tolist()}

out["r"] = [np.corrcoef(x[:, u], y[:, u])[0, 1] for u in range(Q)]
again = [0, 0, 3, 5, 5, 5, 9, 20]
out["r again"] = [np.corrcoef(x[again, u], y[again, u])[0, 1] for u in range(Q)]
json.dump(out, sys.stdout)
print()
