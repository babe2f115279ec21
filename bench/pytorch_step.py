"""The full-precision LeNet-5 training step in plain PyTorch, to compare with.

pip install torch==2.13.0

Reads lines from standard input, each the number of steps to run, and answers with the milliseconds
of each, as JSON. Argument: `contiguous` or `channels_last`, the layout of images and kernels.
"""

import json
import sys
import time

import torch
from torch import nn

THREADS = 2
BATCH = 128


def main(layout):
    torch.set_num_threads(THREADS)
    torch.manual_seed(1)
    memory_format = getattr(torch, f"{layout}_format" if layout == "contiguous" else layout)
    net = nn.Sequential(
        nn.Conv2d(1, 32, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1024, 512), nn.ReLU(), nn.Linear(512, 10),
    ).to(memory_format=memory_format)
    adam = torch.optim.Adam(net.parameters())
    images = torch.randint(0, 256, (60_000 // 16, 1, 28, 28), dtype=torch.uint8)
    labels = torch.randint(0, 10, (images.shape[0],))

    def step():
        chosen = torch.randint(0, images.shape[0], (BATCH,))
        batch = (images[chosen].float() / 255).to(memory_format=memory_format)
        loss = nn.functional.cross_entropy(net(batch), labels[chosen])
        adam.zero_grad()
        loss.backward()
        adam.step()
        return loss.item()

    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            step()
            times.append(1000 * (time.perf_counter() - start))
        print(json.dumps(times), flush=True)


main(sys.argv[1])
