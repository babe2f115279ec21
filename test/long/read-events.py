"""Prints the scalars of a folder's event files as JSON: {tag: [[step, value], ...]}."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator

# 0 keeps all scalars; otherwise TensorBoard samples them.
events = EventAccumulator(sys.argv[1], size_guidance={SCALARS: 0}).Reload()
tags = events.Tags()[SCALARS]
print(json.dumps({tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in tags}))
