# Writes robust.json: maximum-likelihood fits of psychometric curves by SciPy.
# pip install numpy scipy
import json
import numpy as np
from scipy.optimize import differential_evolution, minimize


def fit(levels, right, n, chance):
    x = np.log(levels) if min(levels) > 0 and max(levels) / min(levels) > 10 else np.array(levels, float)
    right, n = np.array(right), np.array(n)

    def minus(v):
        m, s, lapse = v
        q = np.clip(chance + (1 - chance - lapse) / (1 + np.exp(-s * (x - m))), 1e-9, 1 - 1e-9)
        return -(right * np.log(q) + (n - right) * np.log(1 - q)).sum()

    span = x.max() - x.min()
    bounds = [(x.min() - span, x.max() + span), (-60 / span, 60 / span), (0, 1 - chance)]
    best = differential_evolution(minus, bounds, seed=1, tol=1e-12, maxiter=3000, popsize=30)
    best = minimize(minus, best.x, bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-10})
    m = best.x[0]
    return {"levels": levels, "right": right.tolist(), "n": n.tolist(), "chance": chance, "minus": best.fun, "middle": float(np.exp(m) if x[0] != levels[0] else m)}


json.dump([
    fit([0.05, 0.1, 0.2, 0.4, 0.8, 1.0], [12, 22, 55, 81, 90, 91], [100] * 6, 0.1),
    fit([0, 1, 2, 3, 4], [188, 180, 120, 50, 24], [200] * 5, 0.1),
    fit([1, 2, 3, 4, 6, 8], [30, 48, 70, 80, 88, 90], [100] * 6, 0.25),
], open("robust.json", "w"))
