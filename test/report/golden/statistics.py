"""Writes statistics.json: scipy's quantiles of Student's t, and its paired and Welch intervals.

python3 test/report/golden/statistics.py
"""

import json
import pathlib

import numpy as np
import scipy
from scipy import stats

one = [99.01, 98.95, 99.12, 99.07, 98.9]
other = [98.91, 98.7, 99.02, 98.8, 98.85]
few = [98.2, 98.35, 97.9]


def half(result):
    low, high = result.confidence_interval(0.95)
    return (high - low) / 2


def entry(a, b, result):
    return {"one": a, "other": b, "mean": float(np.mean(a) - np.mean(b)), "halfInterval": float(half(result))}


degrees = [1, 2, 3, 4, 7.5, 10, 29, 100, 1000]
content = {
    "madeBy": f"scipy {scipy.__version__}",
    "factors": [{"share": s, "degrees": d, "factor": float(stats.t.ppf((1 + s) / 2, d))} for s in (0.68, 0.95, 0.99) for d in degrees],
    "paired": [entry(one, other, stats.ttest_rel(one, other))],
    "welch": [entry(a, b, stats.ttest_ind(a, b, equal_var=False)) for a, b in ((one, other), (one, few))],
}
path = pathlib.Path(__file__).with_name("statistics.json")
path.write_text(json.dumps(content, indent=1) + "\n")
