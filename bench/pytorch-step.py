"""A full-precision training step in plain PyTorch, for comparison.

pip install torch==2.13.0

Options: the network (lenet5, resnet20, vgg7), its width, the batch size, the layout of images and kernels
(contiguous or channels_last), the number of threads, and the device: cpu, cuda, or cuda-graph, a step that is
recorded once and replayed. On a GPU the images are in its memory, and products may use TF32. Reads step counts
from standard input, one per line, and answers each with the milliseconds of its steps, as JSON.
"""

import argparse

import torch
from torch import nn

from serve import serve


def scaled(channels, width):
    """Round as src/models/model.ts does."""
    return max(1, int(channels * width + 0.5))


def lenet5(width):
    first, second, third = (scaled(channels, width) for channels in (32, 64, 512))
    return nn.Sequential(
        nn.Conv2d(1, first, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(first, second, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(16 * second, third), nn.ReLU(), nn.Linear(third, 10),
    )


def convolution(inputs, filters, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, filters, 3, stride, padding=1, bias=False), nn.BatchNorm2d(filters)
    )


class Block(nn.Module):
    """Two convolutions and a shortcut without weights (option A)."""

    def __init__(self, inputs, filters):
        super().__init__()
        self.stride = 1 if inputs == filters else 2
        self.added = (filters - inputs) // 2
        self.branch = nn.Sequential(
            convolution(inputs, filters, self.stride), nn.ReLU(), convolution(filters, filters)
        )

    def forward(self, x):
        shortcut = x
        if self.stride > 1:
            pixels = x[:, :, :: self.stride, :: self.stride]
            shortcut = nn.functional.pad(pixels, (0, 0, 0, 0, self.added, self.added))
        return torch.relu(self.branch(x) + shortcut)


def resnet20(width):
    channels = [2 * scaled(filters // 2, width) for filters in [16] * 4 + [32] * 3 + [64] * 3]
    return nn.Sequential(
        convolution(3, channels[0]), nn.ReLU(),
        *(Block(inputs, filters) for inputs, filters in zip(channels, channels[1:])),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels[-1], 10),
    )


def vgg7(width):
    layers = []
    inputs = 3
    hidden = scaled(1024, width)
    for filters in (scaled(channels, width) for channels in (128, 256, 512)):
        layers += [convolution(inputs, filters), nn.ReLU(), convolution(filters, filters), nn.ReLU()]
        layers += [nn.MaxPool2d(2)]
        inputs = filters
    return nn.Sequential(
        *layers, nn.Flatten(),
        nn.Linear(16 * inputs, hidden, bias=False), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, 10),
    )


def main(name, width, batch_size, layout, threads, where):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    memory_format = getattr(torch, f"{layout}_format" if layout == "contiguous" else layout)
    net = {"lenet5": lenet5, "resnet20": resnet20, "vgg7": vgg7}[name](width)
    device = "cpu" if where == "cpu" else "cuda"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    net = net.to(device=device, memory_format=memory_format)
    adam = torch.optim.Adam(net.parameters(), **({} if where == "cpu" else {"capturable": True, "fused": True}))
    shape = (1, 28, 28) if name == "lenet5" else (3, 32, 32)
    images = torch.randint(0, 256, (8 * batch_size, *shape), dtype=torch.uint8, device=device)
    labels = torch.randint(0, 10, (images.shape[0],), device=device)
    batch = torch.empty(batch_size, *shape, device=device).to(memory_format=memory_format)
    classes = torch.empty(batch_size, dtype=torch.long, device=device)

    def feed():
        chosen = torch.randint(0, images.shape[0], (batch_size,), device=device)
        batch.copy_(images[chosen].float() / 255)
        classes.copy_(labels[chosen])

    def update(to_none=True):
        loss = nn.functional.cross_entropy(net(batch), classes)
        adam.zero_grad(set_to_none=to_none)
        loss.backward()
        adam.step()
        return loss

    def step():
        feed()
        return update().item()

    if where == "cuda-graph":
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            feed()
            for _ in range(3):
                update(to_none=False)
        torch.cuda.current_stream().wait_stream(stream)
        recorded = torch.cuda.CUDAGraph()
        with torch.cuda.graph(recorded):
            loss = update(to_none=False)

        def step():
            feed()
            recorded.replay()
            return loss.item()

    serve(step)


parser = argparse.ArgumentParser()
parser.add_argument("--model", required=True)
parser.add_argument("--width", type=float, required=True)
parser.add_argument("--batch", type=int, required=True)
parser.add_argument("--layout", required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--device", default="cpu")
given = parser.parse_args()
main(given.model, given.width, given.batch, given.layout, given.threads, given.device)
