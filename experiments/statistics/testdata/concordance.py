# Writes concordance.json: what lifelines gives for the times below.
# pip install lifelines
import json
from lifelines.utils import concordance_index

cases = []
for n, levels, ties in ((8, 4, 3), (30, 6, 30), (45, 9, 5), (12, 3, 12)):
    times = [(7 * i * i + 3 * i) % levels for i in range(n)]
    seen = [not (t == levels - 1 and i % 2 == 0) for i, t in enumerate(times)]
    numbers = [((11 * i * i + 5 * i) % 17) % ties + 0.4 * times[i] for i in range(n)]
    cases.append({"times": times, "observed": seen, "numbers": numbers, "c": concordance_index(times, numbers, seen)})
json.dump(cases, open("concordance.json", "w"))
