"""A depthwise 3x3 convolution with its gradients in PyTorch, for comparison.

pip install torch==2.13.0

Arguments: the batch size, the height and width of images, the channels, and the layout (contiguous or
channels_last). Reads step counts from standard input, one per line, and answers each with the milliseconds
of its steps, as JSON.
"""

import sys

import torch

from serve import serve

torch.set_num_threads(2)
batch, size, channels = (int(argument) for argument in sys.argv[1:4])
layout = getattr(torch, {"contiguous": "contiguous_format"}.get(sys.argv[4], sys.argv[4]))
layer = torch.nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
layer = layer.to(memory_format=layout)
x = torch.rand(batch, channels, size, size).to(memory_format=layout).requires_grad_()
dy = torch.rand(batch, channels, size, size).to(memory_format=layout)


def step():
    x.grad = layer.weight.grad = None
    y = layer(x)
    y.backward(dy)
    return [each.sum().item() for each in (y, x.grad, layer.weight.grad)]


serve(step)
