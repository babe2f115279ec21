"""Layers of random shapes with their gradients, as PyTorch computes them.

pip install torch==2.13.0; python layers.py > layers.json

All inputs are sixteenths, so that they are the same numbers in every format. Images are written as
[batch, height, width, channels], weights as [rows, columns, input channels of a group, output channels].
"""

import json
import random

import torch
from torch import nn
from torch.nn import functional as F

draw = random.Random(20)
torch.set_num_threads(1)


def sixteenths(*shape):
    size = 1
    for length in shape:
        size *= length
    return torch.tensor([draw.randint(-32, 32) / 16 for _ in range(size)]).reshape(shape)


def written(tensor, order):
    return [round(value, 6) for value in tensor.detach().permute(order).flatten().tolist()]


TO_NHWC = (0, 2, 3, 1)
TO_HWIO = (2, 3, 1, 0)
VECTOR = (0,)
ACTIVATIONS = {"relu": F.relu, "relu6": F.relu6, "none": lambda x: x}


def same(size, kernel, stride):
    """Padding before and after, as TensorFlow's 'same'."""
    missing = max(0, (-(-size // stride) - 1) * stride + kernel - size)
    return [missing // 2, missing - missing // 2]


def around(image, kernel, stride, padding):
    """Padding before and after, along rows and columns."""
    if padding == "same":
        return [same(*sizes) for sizes in zip(image, kernel, stride)]
    if padding == "valid":
        return [[0, 0], [0, 0]]
    return [[pixels, pixels] for pixels in padding]


def padded(x, zeros, value=0.0):
    (top, bottom), (left, right) = zeros
    return F.pad(x, (left, right, top, bottom), value=value)


def any_padding(kernel):
    if draw.random() < 0.4:
        return draw.choice(["same", "valid"])
    return [draw.randint(0, size - 1) for size in kernel]


def pair(low, high):
    return [draw.randint(low, high), draw.randint(low, high)]


def convolution(kind):
    kernel, stride = pair(1, 4), pair(1, 3)
    if kind == "depthwise":
        groups = channels = draw.randint(2, 5)
        filters = channels * draw.randint(1, 2)
        if draw.random() < 0.7:
            stride = [stride[0], stride[0]]
    elif kind == "grouped":
        groups = draw.randint(2, 3)
        channels, filters = groups * draw.randint(2, 3), groups * draw.randint(1, 3)
    else:
        groups, channels, filters = 1, draw.randint(1, 3), draw.randint(1, 3)
    image, padding = pair(4, 6), any_padding(kernel)
    x = sixteenths(2, channels, *image).requires_grad_()
    weight = sixteenths(filters, channels // groups, *kernel).requires_grad_()
    bias = sixteenths(filters).requires_grad_()
    activation = draw.choice(list(ACTIVATIONS))
    before = F.conv2d(
        padded(x, around(image, kernel, stride, padding)), weight, bias, stride, groups=groups
    )
    y = ACTIVATIONS[activation](before)
    dy = sixteenths(*y.shape)
    y.backward(dy)
    return {
        "layer": {
            "type": "convolution", "name": "layer", "filters": filters, "kernel": kernel,
            "stride": stride, "padding": padding, "groups": groups, "activation": activation,
        },
        "image": [*image, channels],
        "x": written(x, TO_NHWC), "weight": written(weight, TO_HWIO), "bias": written(bias, VECTOR),
        "y": written(y, TO_NHWC), "dy": written(dy, TO_NHWC),
        "dx": written(x.grad, TO_NHWC), "dweight": written(weight.grad, TO_HWIO),
        "dbias": written(bias.grad, VECTOR),
    }


def pooling(kind, size=None):
    size, stride = size or pair(1, 4), pair(1, 4)
    image, channels, padding = pair(4, 7), draw.randint(1, 2), any_padding(size)
    zeros = around(image, size, stride, padding)
    # Distinct values, so that each pooling window has a unique maximum.
    values = draw.sample(range(-512, 512), 2 * channels * image[0] * image[1])
    x = (torch.tensor(values) / 16).reshape(2, channels, *image).requires_grad_()
    if kind == "max-pool":
        y = F.max_pool2d(padded(x, zeros, -torch.inf), size, stride)
    else:
        inside = padded(torch.ones_like(x), zeros)
        y = F.avg_pool2d(padded(x, zeros), size, stride) / F.avg_pool2d(inside, size, stride)
    dy = sixteenths(*y.shape)
    y.backward(dy)
    return {
        "layer": {"type": kind, "size": size, "stride": stride, "padding": padding},
        "image": [*image, channels],
        "x": written(x, TO_NHWC), "y": written(y, TO_NHWC), "dy": written(dy, TO_NHWC),
        "dx": written(x.grad, TO_NHWC),
    }


def main():
    cases = [
        *(convolution(kind) for kind in ["plain", "grouped", "depthwise"] for _ in range(8)),
        *(pooling(kind) for kind in ["max-pool", "average-pool"] for _ in range(6)),
        *(pooling(kind, [1, 1]) for kind in ["max-pool", "average-pool"]),
    ]
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    print(f'{{"made":"PyTorch {torch.__version__}, layers.py","cases":[\n{lines}\n]}}')


main()
