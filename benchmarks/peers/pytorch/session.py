"""What the sessions share: timing, precision, and one update of a model."""

import time

import torch
from torch import nn


def time_repetitions(count, budget_ms, repeat):
    """Times `repeat` again and again: `count` times, fewer once the budget is over, at least once."""
    ms = []
    began = time.perf_counter()
    while not ms or (len(ms) < count and (time.perf_counter() - began) * 1e3 < budget_ms):
        started = time.perf_counter()
        repeat()
        ms.append((time.perf_counter() - started) * 1e3)
    return ms


def autocast(request):
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=request["precision"] == "bfloat16")


def count_parameters(model, leave_out=None):
    return sum(p.numel() for name, p in model.named_parameters() if leave_out is None or leave_out not in name)


class Trainer:
    """Plain SGD with gradients clipped by global norm."""

    def __init__(self, model, shape):
        self.model = model
        self.clip_norm = shape["clipNorm"]
        self.optimizer = torch.optim.SGD(model.parameters(), lr=shape["learningRate"])

    def update(self, compute_loss):
        self.optimizer.zero_grad(set_to_none=True)
        loss = compute_loss()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.clip_norm)
        self.optimizer.step()
        return loss.item()
