"""Writes attention.json: contexts, weights and gradients of five kinds of attention by PyTorch, in float64.

Run: python make_attention_goldens.py   (torch 2.13)

The scores are written as their papers have them: the W of "general" stands on the query's side here. What stands past a length
is large, so that reading it shows.
"""

import json
import math
import pathlib

import torch

QUERIES, BATCH, STEPS, SIZE, WIDTH, UNITS = 3, 2, 4, 5, 6, 7
LENGTHS = [4, 2]


def irregular(shape, phase):
    index = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
    return (torch.sin(1.7 * index + phase) + 0.3 * torch.cos(0.37 * index * index + 2 * phase)).reshape(shape)


def parameters_of(kind, width):
    if kind in ("dot", "scaled"):
        return {}
    if kind == "general":
        return {"keyKernel": irregular((width, SIZE), 1)}
    parameters = {"queryKernel": irregular((SIZE, UNITS), 1), "keyKernel": irregular((width, UNITS), 2), "scoreVector": irregular((UNITS,), 3)}
    return {**parameters, "keyBias": irregular((UNITS,), 4)} if kind == "additive" else parameters


def score(kind, h, s, p):
    """h [queries, 1, batch, size], s [1, steps, batch, width]"""
    if kind == "additive":
        return torch.tanh(h @ p["queryKernel"] + s @ p["keyKernel"] + p["keyBias"]) @ p["scoreVector"]
    if kind == "concat":
        both = torch.cat([h.expand(-1, s.shape[1], -1, -1), s.expand(h.shape[0], -1, -1, -1)], -1)
        return torch.tanh(both @ torch.cat([p["queryKernel"], p["keyKernel"]])) @ p["scoreVector"]
    if kind == "general":
        return ((h @ p["keyKernel"].T) * s).sum(-1)
    return (h * s).sum(-1) / (math.sqrt(h.shape[-1]) if kind == "scaled" else 1)


def run(kind):
    width = SIZE if kind in ("dot", "scaled") else WIDTH
    values = irregular((STEPS, BATCH, width), 6)
    mask = torch.arange(STEPS)[:, None] < torch.tensor(LENGTHS)
    values[~mask] *= 50
    tensors = {"query": irregular((QUERIES, BATCH, SIZE), 5), "values": values, **parameters_of(kind, width)}
    for tensor in tensors.values():
        tensor.requires_grad_(True)
    scores = score(kind, tensors["query"][:, None], tensors["values"][None], tensors)
    weights = torch.softmax(scores.masked_fill(~mask, -math.inf), 1)
    context = (weights[..., None] * tensors["values"]).sum(1)
    of = {"context": irregular(context.shape, 7), "weights": irregular((QUERIES, BATCH, STEPS), 8)}
    weights = weights.permute(0, 2, 1)
    ((context * of["context"]).sum() + (weights * of["weights"]).sum()).backward()
    flat = lambda named: {name: tensor.detach().flatten().tolist() for name, tensor in named.items()}
    return {
        "width": width,
        "tensors": flat(tensors),
        "slopes": flat(of),
        "results": flat({"context": context, "weights": weights}),
        "gradients": flat({name: tensor.grad for name, tensor in tensors.items()}),
    }


golden = {
    "generator": "make_attention_goldens.py",
    "torch": torch.__version__.split("+")[0],
    "sizes": {"queries": QUERIES, "batch": BATCH, "steps": STEPS, "size": SIZE, "units": UNITS, "lengths": LENGTHS},
    "kinds": {kind: run(kind) for kind in ("additive", "dot", "general", "concat", "scaled")},
}
pathlib.Path(__file__).with_name("attention.json").write_text(json.dumps(golden) + "\n")
