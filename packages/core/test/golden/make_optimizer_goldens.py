"""Writes optimizers.json: weights after each of 6 updates by PyTorch's optimizers, in float64.

Run: python make_optimizer_goldens.py   (torch 2.13)
"""

import json
import pathlib

import torch

CASES = {
    "sgd": (torch.optim.SGD, {"lr": 0.3}, 0),
    "sgd clipped": (torch.optim.SGD, {"lr": 0.3}, 1.5),
    "sgd l2": (torch.optim.SGD, {"lr": 0.3, "weight_decay": 0.04}, 1.5),
    "momentum": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.85}, 0),
    "nesterov": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.85, "nesterov": True}, 2),
    "rmsprop": (torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.95, "eps": 1e-3}, 0),
    "rmsprop momentum": (torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.95, "eps": 1e-3, "momentum": 0.7}, 0),
    "adam": (torch.optim.Adam, {"lr": 0.05, "betas": (0.8, 0.97), "eps": 1e-3}, 0),
    "adam l2": (torch.optim.Adam, {"lr": 0.05, "betas": (0.8, 0.97), "eps": 1e-3, "weight_decay": 0.1}, 1),
    "adamw": (torch.optim.AdamW, {"lr": 0.05, "betas": (0.8, 0.97), "eps": 1e-3, "weight_decay": 0.2}, 0),
}
SHAPES = {"kernel": (3, 4), "bias": (5,)}
STEPS = 6


def irregular(shape, phase):
    count = torch.Size(shape).numel()
    index = torch.arange(count, dtype=torch.float64)
    return (torch.sin(1.7 * index + phase) + 0.3 * torch.cos(0.37 * index * index + 2 * phase)).reshape(shape)


def run(rule, options, clip_norm):
    weights = {name: torch.nn.Parameter(irregular(shape, 0.5)) for name, shape in SHAPES.items()}
    optimizer = rule(weights.values(), **options)
    after = []
    for step in range(STEPS):
        for name, weight in weights.items():
            weight.grad = irregular(SHAPES[name], 1.1 * step + 2)
        if clip_norm:
            torch.nn.utils.clip_grad_norm_(weights.values(), clip_norm)
        optimizer.step()
        after.append({name: weight.detach().flatten().tolist() for name, weight in weights.items()})
    return after


golden = {
    "generator": "make_optimizer_goldens.py",
    "torch": torch.__version__.split("+")[0],
    "shapes": SHAPES,
    "weights": {name: irregular(shape, 0.5).flatten().tolist() for name, shape in SHAPES.items()},
    "gradients": [
        {name: irregular(shape, 1.1 * step + 2).flatten().tolist() for name, shape in SHAPES.items()}
        for step in range(STEPS)
    ],
    "after": {name: run(*case) for name, case in CASES.items()},
}
pathlib.Path(__file__).with_name("optimizers.json").write_text(json.dumps(golden) + "\n")
