# Writes clusters.json: clusters, masses and p values of MNE for the numbers below.
# pip install numpy scipy mne
import json

import mne
import numpy as np
from mne.stats import permutation_cluster_1samp_test, spatio_temporal_cluster_1samp_test
from scipy import sparse

mne.set_log_level("ERROR")
r = np.random.default_rng(5)
out = {"mne": mne.__version__, "matrix": [], "over time": []}
for images, rows, columns, effect, threshold in ((9, 5, 6, 1.2, 2.0), (10, 4, 4, 0.0, 1.5), (8, 6, 6, -1.0, 2.3)):
    x = r.normal(size=(images, rows, columns))
    x[:, 1:4, 2:4] += effect
    x = np.round(x, 3)
    t, clusters, p, h0 = permutation_cluster_1samp_test(x, threshold=threshold, n_permutations="all", tail=0, out_type="mask")
    out["matrix"].append({"Rows": rows, "Columns": columns, "Threshold": threshold, "X": x.reshape(images, -1).tolist(), "T": t.ravel().tolist(),
                          "Clusters": [{"Points": np.flatnonzero(c.ravel()).tolist(), "Mass": float(t[c].sum()), "P": float(q)} for c, q in zip(clusters, p)]})
# Places in a ring of five, over four steps.
ring = [[(i - 1) % 5, (i + 1) % 5] for i in range(5)]
a = np.zeros((5, 5))
for i, near in enumerate(ring):
    a[i, near] = 1
x = r.normal(size=(9, 4, 5))
x[:, 1:3, [0, 4]] += 1.3
x = np.round(x, 3)
t, clusters, p, h0 = spatio_temporal_cluster_1samp_test(x, threshold=2.0, n_permutations="all", tail=0, adjacency=sparse.coo_array(a), out_type="mask")
out["over time"].append({"Ring": ring, "Steps": 4, "Threshold": 2.0, "X": x.reshape(9, -1).tolist(), "T": t.ravel().tolist(),
                         "Clusters": [{"Points": np.flatnonzero(c.ravel()).tolist(), "Mass": float(t[c].sum()), "P": float(q)} for c, q in zip(clusters, p)]})
json.dump(out, open("clusters.json", "w"))
