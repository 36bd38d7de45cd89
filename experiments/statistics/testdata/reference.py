"""Numbers that reference_test.go is checked against, and report_test.go of
comparisons, from SciPy and NumPy.

    python reference.py > reference.json
"""
import itertools
import json
import sys

import numpy
import scipy
from scipy import stats

groups = {
    "equal spread": ([71.2, 70.1, 72.4, 71.9, 70.8, 71.5], [69.9, 70.4, 69.1, 70.8, 69.6, 70.2]),
    "unequal spread": ([52.0, 55.5, 48.1, 60.2, 51.3, 57.7], [49.0, 49.2, 48.9, 49.4, 49.1, 49.3]),
    "unequal size": ([0.31, 0.28, 0.36], [0.22, 0.27, 0.24, 0.29, 0.25, 0.21, 0.26]),
    "two and two": ([1.0, 2.0], [4.0, 6.5]),
}


def holm(p):  # step down, as Holm (1979) writes it
    order = numpy.argsort(p, kind="stable")
    out = numpy.empty(len(p))
    running = 0.0
    for k, i in enumerate(order):
        running = max(running, min(1.0, (len(p) - k) * p[i]))
        out[i] = running
    return out.tolist()


six = [71.2, 70.1, 72.4, 71.9, 70.8, 71.5]


def shifted(by):
    return [v + by + 0.1 * (i % 3) for i, v in enumerate(six)]


# Accuracies of the runs of variants, and what is compared of them.
comparisons = {
    "told and not told": (lambda a: a, [six, shifted(-0.2), shifted(-5)]),
    "error is better low": (lambda a: 100 - a, [six, shifted(-0.2), shifted(-5)]),
    "the second is better": (lambda a: a, [shifted(-5), six, six]),
    "three runs": (lambda a: a, [six[:3], six[3:], shifted(-30)[:3]]),
    "no spread": (lambda a: a, [[70.0] * 5, [71.0] * 5, six]),
    "unequal": (lambda a: 1 - a / 100, [six, shifted(-5)[:5], six]),
}


def compared(of, groups):  # the second minus the first of every pair; None of one whose runs do not differ
    pairs = list(itertools.combinations([[of(a) for a in g] for g in groups], 2))
    rows = []
    for first, second in pairs:
        row = dict.fromkeys(("t", "df", "p", "low", "high", "simultaneous_low", "simultaneous_high", "p_holm"))
        row.update(runs=[len(first), len(second)], difference=float(numpy.mean(second) - numpy.mean(first)))
        if numpy.ptp(first) + numpy.ptp(second) > 0:
            r = stats.ttest_ind(second, first, equal_var=False)
            own, both = r.confidence_interval(0.95), r.confidence_interval(1 - 0.05 / len(pairs))
            row.update(t=float(r.statistic), df=float(r.df), p=float(r.pvalue), low=float(own.low), high=float(own.high),
                       simultaneous_low=float(both.low), simultaneous_high=float(both.high))
        rows.append(row)
    for row, p in zip(rows, holm([1.0 if row["p"] is None else row["p"] for row in rows])):
        row["p_holm"] = None if row["p"] is None else p
    return rows


def mcnemar(b, c):
    n, k = b + c, min(b, c)
    mid = min(1.0, 2 * stats.binom.cdf(k - 1, n, 0.5) + stats.binom.pmf(k, n, 0.5))
    return [stats.binomtest(b, n, 0.5).pvalue, float(mid)]


def curves(a, b):
    a, b = numpy.array(a), numpy.array(b)
    both = numpy.concatenate([a, b])

    def t(which):
        rest = [i for i in range(len(both)) if i not in which]
        return numpy.abs(stats.ttest_ind(both[list(which)], both[rest], equal_var=False, axis=0).statistic)

    observed = t(range(len(a)))
    most = numpy.array([t(w).max() for w in itertools.combinations(range(len(both)), len(a))])
    return {"p": [(float((most >= x * (1 - 1e-12)).mean())) for x in observed], "ways": len(most)}


out = {"python": sys.version.split()[0], "scipy": scipy.__version__, "numpy": numpy.__version__, "welch": {}, "mcnemar": {}}
for name, (a, b) in groups.items():
    rows = []
    for level in (0.95, 0.99):
        r = stats.ttest_ind(a, b, equal_var=False)
        ci = r.confidence_interval(level)
        rows.append({"level": level, "t": float(r.statistic), "df": float(r.df), "p": float(r.pvalue), "low": float(ci.low), "high": float(ci.high)})
    out["welch"][name] = {"a": a, "b": b, "at": rows}
out["holm"] = [{"p": p, "adjusted": holm(p)} for p in ([0.01, 0.04, 0.03, 0.005], [0.2, 0.2, 0.2], [0.9, 0.001, 0.04, 0.04, 0.5, 0.011], [0.03])]
for b, c in ((10, 25), (0, 6), (5, 5), (1, 0), (180, 141), (1200, 1101)):
    out["mcnemar"][f"{b},{c}"] = mcnemar(b, c)
random = numpy.random.default_rng(4)
a = numpy.round(50 + random.normal(0, 2, (6, 5)) + numpy.array([0, 0, 2, 4, 4]), 3).tolist()
b = numpy.round(50 + random.normal(0, 1, (6, 5)), 3).tolist()
out["curves"] = {"a": a, "b": b, **curves(a, b)}
# The exact permutation test of one point, by SciPy itself.
one = stats.permutation_test(
    ([r[3] for r in a], [r[3] for r in b]),
    lambda x, y, axis: numpy.abs(stats.ttest_ind(x, y, equal_var=False, axis=axis).statistic),
    vectorized=True, n_resamples=numpy.inf, alternative="greater")
out["one point"] = {"p": float(one.pvalue), "point": 3}
out["comparisons"] = {name: compared(of, groups) for name, (of, groups) in comparisons.items()}
json.dump(out, sys.stdout, indent=1)
print()
