"""Checks an ONNX file with onnx's own checker, and compares its logits with others: FILE IMAGES LOGITS OPSET."""

import json
import sys

import numpy as np
import onnx
import onnxruntime as ort

path, images, logits, opset = sys.argv[1:]
model = onnx.load(path)
onnx.checker.check_model(model, full_check=True)
shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim][1:]
x = np.fromfile(images, np.float32).reshape(-1, *shape[1:], shape[0]).transpose(0, 3, 1, 2)
expected = np.fromfile(logits, np.float32).reshape(len(x), -1)
options = ort.SessionOptions()
options.add_session_config_entry('session.disable_quant_qdq', '1')
if opset == '25':
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
session = ort.InferenceSession(path, options, providers=['CPUExecutionProvider'])
found = session.run(None, {'images': np.ascontiguousarray(x)})[0]
# Images without a value that crossed a rounding tie.
near = np.abs(found - expected).max(axis=1) <= 1e-4 * np.abs(expected).max()
print(json.dumps({'near': float(near.mean()), 'span': float(np.ptp(expected, axis=0).max())}))
