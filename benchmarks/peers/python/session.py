"""What the sessions of PyTorch share: precision, and one update of a model."""

import torch
from torch import nn


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
