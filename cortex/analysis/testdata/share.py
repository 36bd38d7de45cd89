"""Reference numbers of share_test.go, by NumPy: python share.py > share.json"""
import json
import numpy as np

r = np.random.default_rng(5)
images, y, x, channels, parts = 30, 2, 3, 2, 3
a = r.normal(size=(parts, images, y, x, channels)).astype(np.float32)
a[1] = (0.5 * a[0] + 0.3 * a[1] + 3).astype(np.float32)  # with a mean, and in common with the first
a[2] = (-0.4 * a[0] + 0.2 * a[2]).astype(np.float32)  # against it
d = a.astype(np.float64).reshape(parts, images, -1)
c = d - d.mean(1, keepdims=True)
total = c.sum(0)
share = [float((p * total).sum() / (total * total).sum()) for p in c]
print(json.dumps({"shape": [images, y, x, channels], "parts": parts,
                  "data": np.moveaxis(a, 0, 3).reshape(-1).astype(float).tolist(), "share": share}))
