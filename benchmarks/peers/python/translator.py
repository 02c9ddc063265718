"""The translator: a bidirectional GRU reads, a GRU with additive attention writes, word after word (Bahdanau et al. 2015)."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from serving import time_repetitions
from session import autocast, count_parameters

PADDING = -100


class Translator(nn.Module):
    def __init__(self, shape):
        super().__init__()
        vocabulary, width, hidden = shape["vocabularySize"], shape["embeddingSize"], shape["hiddenSize"]
        context = 2 * hidden
        self.source = nn.Embedding(vocabulary, width)
        self.target = nn.Embedding(vocabulary, width)
        self.encoder = nn.GRU(width, hidden, bidirectional=True)
        self.bridge = nn.Linear(context, hidden)
        self.keys = nn.Linear(context, hidden)
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.score = nn.Linear(hidden, 1, bias=False)
        self.cell = nn.GRUCell(width + context, hidden)
        self.readout = nn.Linear(hidden + context + width, width)
        self.output = nn.Linear(width, vocabulary)

    def forward(self, source, lengths, inputs):
        packed = pack_padded_sequence(self.source(source), lengths, enforce_sorted=False)
        values, _ = pad_packed_sequence(self.encoder(packed)[0])
        real = (torch.arange(values.shape[0])[:, None] < lengths)[:, :, None]
        state = torch.tanh(self.bridge((values * real).sum(dim=0) / lengths[:, None]))
        # sentences first: the context is one batched product
        keys, values = self.keys(values).transpose(0, 1), values.transpose(0, 1)
        blocked = ~real[:, :, 0].T
        embedded = self.target(inputs)
        states, contexts = [], []
        for word in embedded:
            scores = self.score(torch.tanh(self.query(state)[:, None] + keys))[:, :, 0]
            weights = torch.softmax(scores.masked_fill(blocked, float("-inf")), dim=1)
            context = torch.bmm(weights[:, None], values)[:, 0]
            state = self.cell(torch.cat([word, context], dim=1), state)
            states.append(state)
            contexts.append(context)
        together = torch.cat([torch.stack(states), torch.stack(contexts), embedded], dim=2)
        return self.output(torch.tanh(self.readout(together)))


class TranslatorSession:
    def __init__(self, request):
        self.request = request
        self.shape = shape = request["shape"]
        self.model = Translator(shape)
        self.parameters = count_parameters(self.model)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=shape["learningRate"], fused=True)
        self.batches = [self.random_batch(torch.tensor(lengths)) for lengths in request["lengths"]]
        self.next = 0

    def random_batch(self, lengths):
        size = (self.shape["timeSteps"], self.shape["batchSize"])
        real = torch.arange(size[0])[:, None] < lengths
        draw = lambda: torch.randint(self.shape["vocabularySize"], size)
        return draw() * real, lengths, draw() * real, draw().masked_fill(~real, PADDING)

    def run(self, work, count, budget_ms):
        losses = []
        ms = time_repetitions(count, budget_ms, lambda: losses.append(self.train_step()))
        return {"ms": ms, "lossNats": losses[-1]}

    def train_step(self):
        source, lengths, inputs, targets = self.batches[self.next]
        self.next = (self.next + 1) % len(self.batches)
        self.optimizer.zero_grad(set_to_none=True)
        with autocast(self.request):
            logits = self.model(source, lengths, inputs)
            loss = nn.functional.cross_entropy(
                logits.reshape(-1, self.shape["vocabularySize"]), targets.reshape(-1), ignore_index=PADDING
            )
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.shape["clipNorm"])
        self.optimizer.step()
        return loss.item()
