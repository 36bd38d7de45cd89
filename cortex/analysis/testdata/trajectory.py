# Writes trajectory.json: what scikit-learn's PCA and NumPy give for the points below.
# pip install numpy scikit-learn
import json
import numpy as np
from sklearn.decomposition import PCA

n, steps, units = 12, 3, 5
x = np.array([[[np.sin(1.3 * i * (u + 1) + 0.7 * t) * (1 + u % 3) + 0.2 * t * (i % 3) for u in range(units)] for t in range(steps)] for i in range(n)], dtype=np.float32).astype(float)
pca = PCA(n_components=3, svd_solver="full").fit(x.reshape(n * steps, units))
v = pca.components_.copy()
v *= np.sign(v[np.arange(3), np.abs(v).argmax(1)])[:, None]
scores = (x - pca.mean_) @ v.T
labels = np.arange(n) % 3
path = [[[scores[labels == g, t].mean(0)[c] for c in range(3)] for t in range(steps)] for g in range(3)]


def ratio(y):
    l = np.linalg.eigvalsh(np.cov(y.T))
    return l.sum() ** 2 / (l**2).sum()


pr = [ratio(x[:, t]) for t in range(steps)]
jack = [[ratio(np.delete(x[:, t], i, 0)) for i in range(n)] for t in range(steps)]
se = [np.sqrt((n - 1) / n * ((np.array(j) - np.mean(j)) ** 2).sum()) for j in jack]
speed = [float(np.sqrt(((x[:, t] - x[:, t - 1]) ** 2).mean(1)).mean()) for t in range(1, steps)]
json.dump({"path": np.ravel(path).tolist(), "variance": (100 * pca.explained_variance_ratio_).tolist(), "ratio": pr, "error": [float(s) for s in se], "speed": speed},
          open("trajectory.json", "w"))
