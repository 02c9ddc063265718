"""Writes ctc.json: losses and gradients of connectionist temporal classification as PyTorch computes them.

    python make_ctc_goldens.py        (PyTorch 2.13)
"""

import json
import os

import torch


def case(seed, frames, batch, symbols, most, blank, scale):
    generator = torch.Generator().manual_seed(seed)
    # Three decimals: the very same numbers on both sides, and a file of reasonable size.
    logits = (scale * torch.randn(frames, batch, symbols, generator=generator)).mul(1000).round().div(1000)
    logits = logits.to(torch.float64).requires_grad_()
    lengths = torch.randint(frames // 2, frames + 1, (batch,), generator=generator)
    label_lengths = torch.randint(0, most + 1, (batch,), generator=generator)
    others = torch.randint(1, symbols, (batch, most), generator=generator)
    labels = (blank + others) % symbols
    weights = torch.rand(batch, generator=generator, dtype=torch.float64)
    losses = torch.nn.functional.ctc_loss(
        torch.log_softmax(logits, 2), labels, lengths, label_lengths, blank=blank, reduction="none", zero_infinity=False
    )
    (losses * weights).sum().backward()
    return {
        "shape": [frames, batch, symbols],
        "blank": blank,
        "logits": [round(x, 3) for x in logits.detach().flatten().tolist()],
        "lengths": lengths.tolist(),
        "labels": [row[:n].tolist() for row, n in zip(labels, label_lengths)],
        "weights": weights.tolist(),
        "losses": losses.tolist(),
        "gradient": [round(x, 9) for x in logits.grad.flatten().tolist()],
    }


cases = [case(1, 12, 3, 5, 5, 0, 1), case(2, 30, 4, 9, 12, 8, 3), case(3, 25, 2, 6, 10, 2, 8)]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ctc.json")
with open(path, "w") as file:
    json.dump({"generator": os.path.basename(__file__), "torch": torch.__version__, "cases": cases}, file)
    file.write("\n")
