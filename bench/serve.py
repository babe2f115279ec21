"""Time a step on request, as serve-steps.ts does for bbits' own."""

import json
import sys
import time


def serve(step):
    """Read step counts from standard input, one per line; answer each with its steps' milliseconds (JSON)."""
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            step()
            times.append(1000 * (time.perf_counter() - start))
        print(json.dumps(times), flush=True)
