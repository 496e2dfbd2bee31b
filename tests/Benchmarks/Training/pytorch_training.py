"""The models as one writes them in PyTorch: Sequential, DataLoader, single precision, Adam.

Takes model, batch size, threads and steps per round; runs a round whenever a line "go" comes, and answers with its milliseconds.
"""
import gzip
import os
import resource
import sys
import time

import torch
from torch import nn


def convolutions(channels, filters, count=2, normalise=False):
    layers = []
    for i in range(count):
        layers += [nn.Conv2d(channels if i == 0 else filters, filters, 3, padding=1), nn.ReLU()]
        if normalise:
            layers.append(nn.BatchNorm2d(filters, eps=0.001, momentum=0.01))
    return layers + [nn.MaxPool2d(2)]


def dense(features, *hidden):
    layers = [nn.Flatten()]
    for units in hidden:
        layers += [nn.Linear(features, units), nn.ReLU()]
        features = units
    return layers + [nn.Linear(features, 10)]


def layers_of(model):
    drop = [nn.Dropout(0.5)]
    if model == "model1a":
        return convolutions(1, 16) + convolutions(16, 32) + dense(7 * 7 * 32, 1024)
    if model == "model1b":
        return convolutions(1, 64) + convolutions(64, 128) + dense(7 * 7 * 128, 1024)
    if model == "model2":
        return convolutions(1, 64) + drop + convolutions(64, 128) + drop + dense(7 * 7 * 128, 1024)
    if model == "model3":
        return convolutions(1, 64, 2, True) + convolutions(64, 128, 2, True) + dense(7 * 7 * 128, 1024)
    if model == "model4":
        return (convolutions(1, 64, 3, True) + drop + convolutions(64, 128, 3, True) + drop + convolutions(128, 256, 3, True) + drop
                + dense(3 * 3 * 256, 1024, 512))
    sys.exit(f"{model} is not written in PyTorch.")


def read(name, skip):
    folder = os.environ.get("FASHION_MNIST_DIR", "/usr/share/datasets/fashion-mnist")
    with gzip.open(os.path.join(folder, name)) as file:
        return torch.frombuffer(bytearray(file.read()[skip:]), dtype=torch.uint8)


def main(model, batch_size, threads, steps):
    torch.set_num_threads(threads)
    images = read("train-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28).float() / 255
    labels = read("train-labels-idx1-ubyte.gz", 8).long()
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(images, labels), batch_size, shuffle=True)
    network = nn.Sequential(*layers_of(model))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
    loss = nn.CrossEntropyLoss()
    left, start = 3, 0.0
    while True:
        for batch, truth in loader:
            optimizer.zero_grad()
            prediction = network(batch)
            error = loss(prediction, truth)
            error.backward()
            optimizer.step()
            error.item()
            (prediction.argmax(1) == truth).sum().item()
            left -= 1
            if left == 0:
                print((time.perf_counter() - start) * 1000, flush=True)
                if sys.stdin.readline().strip() != "go":
                    print(0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0, 0, flush=True)
                    return
                left, start = steps, time.perf_counter()


main(sys.argv[1], *(int(value) for value in sys.argv[2:]))
