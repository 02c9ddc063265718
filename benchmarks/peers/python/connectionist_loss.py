"""CTC: the loss of a batch and its gradient in the logits, softmax included."""

import torch
from torch.nn.functional import ctc_loss, log_softmax

from made_data import made_labels, made_logits
from serving import time_repetitions


class ConnectionistLossSession:
    def __init__(self, request):
        shape = request["shape"]
        self.parameters = 0
        self.logits = torch.from_numpy(made_logits(shape)).requires_grad_()
        labels = [torch.from_numpy(row) for row in made_labels(shape)]
        self.labels = torch.nn.utils.rnn.pad_sequence(labels, batch_first=True)
        self.label_lengths = torch.tensor([len(row) for row in labels])
        self.lengths = torch.full((shape["batchSize"],), shape["timeSteps"])

    def run(self, work, count, budget_ms):
        loss = torch.tensor(float("nan"))

        def step():
            nonlocal loss
            self.logits.grad = None
            log_probabilities = log_softmax(self.logits, 2)
            loss = ctc_loss(log_probabilities, self.labels, self.lengths, self.label_lengths, reduction="sum")
            loss.backward()

        ms = time_repetitions(count, budget_ms, step)
        return {"ms": ms, "lossNats": loss.item() / len(self.lengths)}
