# Writes decode.json: what scikit-learn and MNE give for the recording below, with the folds
# that decode deals for its seed 1.
# pip install numpy scipy scikit-learn mne
import json

import mne
import numpy as np
import sklearn
from mne.decoding import GeneralizingEstimator
from scipy import stats
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, LeaveOneGroupOut
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

mne.set_log_level("ERROR")
n, steps, units = 48, 3, 6
by_class = [0, 4, 2, 2, 2, 1, 4, 0, 0, 2, 0, 2, 3, 1, 1, 0, 3, 0, 3, 3, 1, 0, 2, 4, 1, 4, 4, 1, 1, 3, 4, 4, 0, 0, 0, 2, 1, 1, 3, 3, 3, 4, 2, 1, 3, 4, 2, 2]
by_angle = [1, 2, 3, 3, 2, 1, 4, 1, 0, 3, 2, 3, 1, 2, 2, 0, 1, 1, 0, 1, 2, 1, 3, 4, 3, 0, 0, 4, 2, 3, 2, 0, 1, 3, 4, 0, 2, 4, 4, 4, 3, 0, 4, 2, 4, 0, 0, 1]
label, angle = np.arange(n) % 3, np.arange(n) * 7 % n
x = np.array([[[np.sin(12.9898 * ((i + 1) * (u + 1)) + 78.233 * ((s + 2) * (u + 2) ** 2)) + np.cos(label[i] + u) * min(s, 1) + 0.02 * angle[i] * (u % 2) + 3
                for s in range(steps)] for u in range(units)] for i in range(n)], dtype=np.float32).astype(float)  # [image, unit, step]
alphas = [n * p for p in (1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000)]


def squared(model, z, y):  # of targets 1 and -1, four times that of 1 and 0
    return -((model.decision_function(z) - (2 * np.eye(3)[y] - 1)) ** 2).mean()


def matrices(model, key, values, scoring, y, fold, score):
    """[fold, trained, tested], by MNE; and the diagonal by scikit-learn alone."""
    fold, whole = np.array(fold), []
    for f in range(5):
        train, test = fold != f, fold == f
        inner = list(LeaveOneGroupOut().split(x[train], groups=fold[train]))
        pipe = make_pipeline(StandardScaler(), model)
        search = GridSearchCV(pipe, {f"{type(model).__name__.lower()}__{key}": values}, cv=inner, scoring=scoring)
        g = GeneralizingEstimator(search).fit(x[train], y[train])
        p = g.predict(x[test])  # [image, trained, tested]
        whole.append([[score(y[test], p[:, s, t]) for t in range(steps)] for s in range(steps)])
        for s in range(steps):
            assert (search.fit(x[train][:, :, s], y[train]).predict(x[test][:, :, s]) == p[:, s, s]).all()
    return np.array(whole)


def accuracy(y, p):
    return 100 * float((y == p).mean())


def correlation(y, p):
    return float(np.corrcoef(y, p)[0, 1])


diagonal = np.arange(steps)
ridge = matrices(RidgeClassifier(), "alpha", alphas, squared, label, by_class, accuracy)
logistic = matrices(LogisticRegression(tol=1e-10, max_iter=10000), "C", [1 / a for a in alphas], "neg_log_loss", label, by_class, accuracy)
y = angle.astype(float)
r = matrices(Ridge(solver="cholesky"), "alpha", alphas, "neg_mean_squared_error", y, by_angle, correlation)
r2 = matrices(Ridge(solver="cholesky"), "alpha", alphas, "neg_mean_squared_error", y, by_angle, r2_score)
own = ridge[:, diagonal, diagonal]
half = stats.t.ppf(0.975, 4) * np.sqrt((1 / 5 + 1 / 4) * own.var(0, ddof=1))
out = {"sklearn": sklearn.__version__, "mne": mne.__version__, "fold": by_class, "accuracy": own.mean(0), "low": own.mean(0) - half,
       "generalise": ridge.mean(0).ravel(), "logistic": logistic[:, diagonal, diagonal].mean(0), "r": r[:, diagonal, diagonal].mean(0),
       "r2": r2[:, diagonal, diagonal].mean(0), "generalise r": r.mean(0).ravel(), "fold of angle": by_angle}
json.dump({k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in out.items()}, open("decode.json", "w"))
