"""The tagger of sentences: words and letters, two bidirectional layers, one tag a token by a softmax or a CRF.

Batches come ready from the driver, in the file that the request names: PyTorch's side pays nothing for making them.
"""

import json

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from serving import time_repetitions
from session import count_parameters

PADDING = -100


def locked_dropout(values, rate, training):
    """One mask for all time steps of a sentence."""
    if not training or rate == 0:
        return values
    return values * nn.functional.dropout(values.new_ones(values.shape[1:]), rate)


class BidirectionalLayer(nn.Module):
    """Packed, so that the backward walk begins at each sentence's own end, and padding costs nothing."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.rnn = nn.LSTM(input_size, hidden_size, bidirectional=True)

    def forward(self, values, lengths):
        packed = pack_padded_sequence(values, lengths, enforce_sorted=False)
        output, (last, _) = self.rnn(packed)
        return pad_packed_sequence(output)[0], torch.cat([last[0], last[1]], dim=1)


class Crf(nn.Module):
    """Linear-chain, with scores of the first and the last tag; all sentences side by side."""

    def __init__(self, tags):
        super().__init__()
        self.transitions = nn.Parameter(torch.zeros(tags, tags))
        self.first = nn.Parameter(torch.zeros(tags))
        self.last = nn.Parameter(torch.zeros(tags))

    def loss(self, emissions, targets, real):
        steps, batch, _ = emissions.shape
        rows = torch.arange(batch)
        ends = real.sum(dim=0).long() - 1
        known = emissions.gather(2, targets[:, :, None])[:, :, 0] * real
        moves = self.transitions[targets[:-1], targets[1:]] * real[1:]
        score = known.sum() + moves.sum() + self.first[targets[0]].sum() + self.last[targets[ends, rows]].sum()
        alpha = self.first + emissions[0]
        for step in range(1, steps):
            after = torch.logsumexp(alpha[:, :, None] + self.transitions, dim=1) + emissions[step]
            alpha = torch.where(real[step][:, None] > 0, after, alpha)
        return torch.logsumexp(alpha + self.last, dim=1).sum() - score

    def decode(self, emissions, real):
        steps = emissions.shape[0]
        best = self.first + emissions[0]
        pointers = []
        for step in range(1, steps):
            scores, pointer = (best[:, :, None] + self.transitions).max(dim=1)
            inside = real[step][:, None] > 0
            best = torch.where(inside, scores + emissions[step], best)
            pointers.append(torch.where(inside, pointer, torch.arange(emissions.shape[2])))
        tags = [(best + self.last).argmax(dim=1)]
        for pointer in reversed(pointers):
            tags.append(pointer.gather(1, tags[-1][:, None])[:, 0])
        return torch.stack(tags[::-1])


class SentenceTagger(nn.Module):
    def __init__(self, shape, sizes):
        super().__init__()
        letters, hidden = shape["characterHiddenSize"], shape["hiddenSize"]
        width = shape["wordSize"] + 2 * letters + (shape["featureSize"] if sizes["casing"] else 0)
        self.rates = shape["dropout"]
        self.words = nn.Embedding(sizes["words"], shape["wordSize"])
        self.characters = nn.Embedding(sizes["characters"], shape["characterSize"])
        self.casing = nn.Embedding(sizes["casing"], shape["featureSize"]) if sizes["casing"] else None
        self.letters = BidirectionalLayer(shape["characterSize"], letters)
        self.layers = nn.ModuleList(
            BidirectionalLayer(width if layer == 0 else 2 * hidden, hidden) for layer in range(shape["layers"])
        )
        self.output = nn.Linear(2 * hidden, sizes["tags"])
        self.crf = Crf(sizes["tags"]) if shape["head"] == "crf" else None

    def forward(self, batch):
        _, spellings = self.letters(self.characters(batch["characters"]), batch["spellingLengths"])
        parts = [self.words(batch["words"]), spellings[batch["index"]]]
        if self.casing is not None:
            parts.append(self.casing(batch["casing"]))
        hidden = locked_dropout(torch.cat(parts, dim=2), self.rates["input"], self.training)
        for number, layer in enumerate(self.layers):
            dropped = hidden if number == 0 else locked_dropout(hidden, self.rates["layers"], self.training)
            hidden, _ = layer(dropped, batch["lengths"])
        return self.output(locked_dropout(hidden, self.rates["output"], self.training))

    def loss(self, batch):
        emissions = self(batch)
        if self.crf is not None:
            return self.crf.loss(emissions, batch["targets"], batch["real"]) / batch["count"]
        targets = batch["targets"].masked_fill(batch["real"] == 0, PADDING)
        return nn.functional.cross_entropy(
            emissions.reshape(-1, emissions.shape[2]), targets.reshape(-1), ignore_index=PADDING
        )

    def decode(self, batch):
        emissions = self(batch)
        return emissions.argmax(dim=2) if self.crf is None else self.crf.decode(emissions, batch["real"])


def read_batch(raw):
    """Arrays of `[time, batch]`, as tensors."""
    steps, size = raw["timeSteps"], raw["batchSize"]
    lengths = torch.tensor(raw["lengths"])
    grid = lambda values: torch.tensor(values).reshape(steps, size)
    return {
        "lengths": lengths,
        "count": raw["count"],
        "real": (torch.arange(steps)[:, None] < lengths).float(),
        "words": grid(raw["words"]),
        "casing": grid(raw["casing"]) if raw.get("casing") else None,
        "index": grid(raw["index"]),
        # tags that training does not have are −1; none of these batches has any, padding apart
        "targets": grid(raw["targets"]).clamp(min=0) if raw.get("targets") else None,
        "characters": torch.tensor(raw["characters"]).reshape(-1, len(raw["spellingLengths"])),
        "spellingLengths": torch.tensor(raw["spellingLengths"]),
    }


class SentenceTaggerSession:
    def __init__(self, request):
        shape = request["shape"]
        with open(shape["batches"]) as file:
            content = json.load(file)
        self.training = [read_batch(raw) for raw in content["training"]]
        self.tagging = [read_batch(raw) for raw in content["tagging"]]
        self.model = SentenceTagger(shape, content["sizes"])
        self.parameters = count_parameters(self.model, leave_out="bias_hh")
        self.clip_norm = shape["clipNorm"]
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=shape["learningRate"], fused=True)
        self.loss_nats = None

    def run(self, work, count, budget_ms):
        if work == "tag":
            return {"ms": time_repetitions(count, budget_ms, self.tag)}
        ms = time_repetitions(count, budget_ms, self.train)
        return {"ms": ms, "lossNats": self.loss_nats}

    def train(self):
        self.model.train()
        for batch in self.training:
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.model.loss(batch)
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), self.clip_norm)
            self.optimizer.step()
            self.loss_nats = loss.item()

    def tag(self):
        self.model.eval()
        with torch.inference_mode():
            for batch in self.tagging:
                self.model.decode(batch).tolist()
