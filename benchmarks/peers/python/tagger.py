"""The tagger: embedding, packed recurrent layers, linear output at each position."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from serving import time_repetitions
from session import Trainer, autocast, count_parameters

PADDING = -100


class Tagger(nn.Module):
    def __init__(self, shape):
        super().__init__()
        layer = nn.GRU if shape["cell"] == "gru" else nn.LSTM
        directions = 2 if shape["bidirectional"] else 1
        self.embedding = nn.Embedding(shape["vocabularySize"], shape["embeddingSize"])
        self.rnn = layer(
            shape["embeddingSize"], shape["hiddenSize"], shape["layers"], bidirectional=shape["bidirectional"]
        )
        self.output = nn.Linear(directions * shape["hiddenSize"], shape["tags"])

    def forward(self, ids, lengths):
        packed = pack_padded_sequence(self.embedding(ids), lengths, enforce_sorted=False)
        hidden, _ = pad_packed_sequence(self.rnn(packed)[0])
        return self.output(hidden)


class TaggerSession:
    def __init__(self, request):
        self.request = request
        self.shape = shape = request["shape"]
        self.model = Tagger(shape)
        # as of a language model; a GRU needs both biases
        self.parameters = count_parameters(self.model, leave_out="bias_hh" if shape["cell"] == "lstm" else None)
        self.trainer = Trainer(self.model, shape)
        self.batches = [self.random_batch(torch.tensor(lengths)) for lengths in request["lengths"]]
        self.next = 0

    def random_batch(self, lengths):
        size = (self.shape["timeSteps"], self.shape["batchSize"])
        real = torch.arange(size[0])[:, None] < lengths
        ids = torch.randint(self.shape["vocabularySize"], size) * real
        targets = torch.randint(self.shape["tags"], size).masked_fill(~real, PADDING)
        return ids, targets, lengths

    def run(self, work, count, budget_ms):
        losses = []
        ms = time_repetitions(count, budget_ms, lambda: losses.append(self.train_step()))
        return {"ms": ms, "lossNats": losses[-1]}

    def train_step(self):
        ids, targets, lengths = self.batches[self.next]
        self.next = (self.next + 1) % len(self.batches)
        return self.trainer.update(lambda: self.loss(ids, targets, lengths))

    def loss(self, ids, targets, lengths):
        with autocast(self.request):
            logits = self.model(ids, lengths)
            return nn.functional.cross_entropy(
                logits.reshape(-1, self.shape["tags"]), targets.reshape(-1), ignore_index=PADDING
            )
