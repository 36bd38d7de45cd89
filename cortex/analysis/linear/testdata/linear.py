# Writes linear.json: what scikit-learn gives for the features below, in five folds.
# pip install numpy scikit-learn
import json

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, LeaveOneGroupOut
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

n, d, k = 60, 12, 5
i, j = np.arange(n)[:, None], np.arange(d)[None]
noise = np.sin(12.9898 * (i + 1) * (j + 1) + 78.233 * (j + 2) ** 2)
label = np.arange(n) * 7 % 3
x = (noise * (1 + j % 4) + 0.7 * np.cos(label[:, None] + j) + 3 * (j % 2)).astype(np.float32).astype(float)
x[:, 5] = 2.5  # a unit that is constant
fold = np.arange(n) // (n // k)
number = x[:, 0] - 0.5 * x[:, 3] + 2 * np.sin(5.0 * np.arange(n)) + 40
penalties = [0.001, 0.01, 0.1, 1, 10]
out = {"sklearn": sklearn.__version__, "penalties": penalties, "x": x.ravel().tolist(), "class": label.tolist(), "number": number.tolist()}


def nested(model, key, scale, y, scoring):
    chosen, weights, predictions = [], [], []
    for f in range(k):
        train, test = fold != f, fold == f
        inner = list(LeaveOneGroupOut().split(x[train], groups=fold[train]))
        search = GridSearchCV(Pipeline([("scale", StandardScaler()), ("fit", model)]), {"fit__" + key: scale}, cv=inner, scoring=scoring)
        search.fit(x[train], y[train])
        chosen.append(penalties[scale.index(search.best_params_["fit__" + key])])
        s, m = search.best_estimator_["scale"], search.best_estimator_["fit"]
        w = np.atleast_2d(m.coef_) / s.scale_
        w[:, x[train].std(0) == 0] = 0
        weights.append({"W": w.ravel().tolist(), "B": (np.atleast_1d(m.intercept_) - w @ s.mean_).tolist()})
        predictions.append(search.predict(x[test]))
    return {"chosen": chosen, "weights": weights}, predictions


alphas = [n * p for p in penalties]
fine = {"tol": 1e-12, "max_iter": 100000}
out["ridge classes"], p = nested(Ridge(solver="cholesky"), "alpha", alphas, np.eye(3)[label], "neg_mean_squared_error")
# The classifier of the same name, at the penalties that were chosen, has the same answers.
accuracy = []
for f in range(k):
    c = Pipeline([("scale", StandardScaler()), ("fit", RidgeClassifier(alpha=n * out["ridge classes"]["chosen"][f]))]).fit(x[fold != f], label[fold != f])
    accuracy.append(float((c.predict(x[fold == f]) == label[fold == f]).mean()))
    assert (c.predict(x[fold == f]) == p[f].argmax(1)).all()
out["ridge classes"]["score"] = [[a] for a in accuracy]
out["ridge number"], p = nested(Ridge(solver="cholesky"), "alpha", alphas, number, "neg_mean_squared_error")
out["ridge number"]["score"] = [[float(np.corrcoef(number[fold == f], p[f])[0, 1]), float(r2_score(number[fold == f], p[f]))] for f in range(k)]
for name, y in (("logistic classes", label), ("logistic two", (label == 1).astype(int))):
    out[name], p = nested(LogisticRegression(**fine), "C", [1 / a for a in alphas], y, "neg_log_loss")
    out[name]["score"] = [[float((p[f] == y[fold == f]).mean())] for f in range(k)]
json.dump(out, open("linear.json", "w"))
