"""Sounds and labels that every language makes alike; the equations are in benchmarks/src/made-data.ts."""

import numpy as np


def scrambled(index):
    value = 43758.5453 * np.sin(12.9898 * index)
    return value - np.floor(value)


def made_sound(samples):
    index = np.arange(min(samples, 960_000), dtype=np.float64)
    tone = 0.3 * np.sin(0.05 * index * (1 + np.sin(index / 30_000)))
    piece = (tone + 0.01 * (scrambled(index) - 0.5)).astype(np.float32)
    return np.resize(piece, samples)


def made_logits(shape):
    sizes = shape["timeSteps"], shape["batchSize"], shape["symbols"]
    index = np.arange(np.prod(sizes), dtype=np.float64)
    return (6 * (scrambled(index) - 0.5)).astype(np.float32).reshape(sizes)


def made_labels(shape):
    labels = []
    for row in range(shape["batchSize"]):
        length = shape["shortest"] + row % (shape["longest"] - shape["shortest"] + 1)
        index = 1000 * row + np.arange(length, dtype=np.float64)
        labels.append(1 + np.floor(scrambled(index) * (shape["symbols"] - 1)).astype(np.int64))
    return labels
