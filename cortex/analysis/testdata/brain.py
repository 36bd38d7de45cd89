"""Writes brain.npz, as users write data of a brain, and brain.json: what rsatoolbox gives of
it and of the recording in brain_test.go.

    pip install rsatoolbox==0.3.2
    python brain.py brain.npz > brain.json
"""
import json
import sys

import numpy as np
import rsatoolbox
from rsatoolbox.inference.noise_ceiling import boot_noise_ceiling

IMAGES, STEPS, UNITS, SUBJECTS, TIMES = 10, 2, 12, 3, 4


def recorded(seed, *shape):
    k = np.arange(np.prod(shape))
    return (((31 + seed) * k * k + (7 + 2 * seed) * k) % 257 / 256).reshape(shape)  # exact in float32


x = recorded(0, IMAGES, STEPS, UNITS)  # of images 100 … 109
files = [f"{i}.png" for i in range(IMAGES)]
# The file has other images, in another order: 11.png is not recorded, 5.png was not measured.
ids = ["8.png", "0.png", "11.png", "3.png", "1.png", "9.png", "2.png", "7.png", "4.png", "6.png"]
subjects = recorded(1, SUBJECTS, TIMES, len(ids) * (len(ids) - 1) // 2)
np.savez(sys.argv[1], id=np.array(ids), time=np.array([-50.0, 0.0, 50.0, 100.0]), rdm=subjects.astype("float32"))

both = [f for f in files if f in ids]
a, b = [files.index(f) for f in both], [ids.index(f) for f in both]
up = np.triu_indices(len(both), 1)
square = np.zeros((SUBJECTS, TIMES, len(ids), len(ids)))
square[..., *np.triu_indices(len(ids), 1)] = subjects
square += square.swapaxes(-1, -2)
data = square[..., b, :][..., b][..., *up]
out = {}
for ours, theirs in {"spearman": "spearman", "pearson": "corr", "cosine": "cosine"}.items():
    table, ceilings = [], []
    for t in range(TIMES):
        measured = rsatoolbox.rdm.RDMs(data[:, t])
        ceilings.append(list(boot_noise_ceiling(measured, method=theirs)))
    for s in range(STEPS):
        model = rsatoolbox.rdm.calc_rdm(rsatoolbox.data.Dataset(x[a, s]), method="correlation")
        table.append([rsatoolbox.rdm.compare(model, rsatoolbox.rdm.RDMs(data[:, t]), method=theirs).mean() for t in range(TIMES)])
    out[ours] = {"map": table, "ceilings": ceilings}
json.dump(out, sys.stdout)
print()
