"""Writes rdm.json: what rsatoolbox gives of the recording in rdm_test.go.

    pip install rsatoolbox==0.3.2
    python rdm.py > rdm.json
"""
import json
import sys

import numpy
import rsatoolbox

IMAGES, STEPS, UNITS = 6, 3, 12
LABELS = [1, 0, 1, 0, 2, 2]

k = numpy.arange(IMAGES * STEPS * UNITS)
recorded = ((31 * k * k + 7 * k) % 257 / 256).reshape(IMAGES, STEPS, UNITS)  # exact in float32
recorded[4, 1] = 0.5  # a pattern whose units are all equal
order = sorted(range(IMAGES), key=lambda i: (LABELS[i], i))

numbers = {}
for method in "correlation", "euclidean":
    numbers[method] = []
    for step in range(STEPS):
        data = rsatoolbox.data.Dataset(recorded[order, step])
        matrix = rsatoolbox.rdm.calc_rdm(data, method=method).get_matrices()[0]
        numbers[method].append([[None if numpy.isnan(v) else v for v in row] for row in matrix.tolist()])
json.dump(numbers, sys.stdout)
print()
