"""The language model: embedding, stacked LSTM, linear output."""

import torch
from torch import nn

from serving import time_repetitions
from session import Trainer, autocast, count_parameters

WINDOWS = 100


class LanguageModel(nn.Module):
    """Time-major, which is what nn.LSTM computes in."""

    def __init__(self, shape):
        super().__init__()
        self.embedding = nn.Embedding(shape["vocabularySize"], shape["embeddingSize"])
        self.dropout = nn.Dropout(shape["dropout"])
        self.lstm = nn.LSTM(
            shape["embeddingSize"], shape["hiddenSize"], shape["layers"], dropout=shape["dropout"]
        )
        self.output = nn.Linear(shape["hiddenSize"], shape["vocabularySize"])
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -0.05, 0.05)

    def forward(self, ids, state):
        hidden, state = self.lstm(self.dropout(self.embedding(ids)), state)
        return self.output(self.dropout(hidden)), state


class LanguageModelSession:
    def __init__(self, request):
        self.request = request
        self.shape = request["shape"]
        self.model = LanguageModel(self.shape)
        # nn.LSTM keeps two biases a gate where one is enough; the second is left out, so that counts can be compared
        self.parameters = count_parameters(self.model, leave_out="bias_hh")
        self.trainer = Trainer(self.model, self.shape)
        time_steps, batch_size = self.shape["timeSteps"], self.shape["batchSize"]
        self.ids = torch.randint(self.shape["vocabularySize"], (WINDOWS * time_steps + 1, batch_size))
        self.window = 0
        self.state = None

    def run(self, work, count, budget_ms):
        return self.train(count, budget_ms) if work == "train" else self.infer(count, budget_ms)

    def train(self, count, budget_ms):
        self.model.train()
        losses = []
        ms = time_repetitions(count, budget_ms, lambda: losses.append(self.train_step()))
        return {"ms": ms, "lossNats": losses[-1] / self.shape["timeSteps"]}

    def train_step(self):
        begin = self.window * self.shape["timeSteps"]
        end = begin + self.shape["timeSteps"]
        self.window = (self.window + 1) % WINDOWS
        return self.trainer.update(lambda: self.loss(self.ids[begin:end], self.ids[begin + 1 : end + 1]))

    def loss(self, input_ids, targets):
        """Summed over time and averaged over the batch, as in Zaremba et al. 2014."""
        state = None if self.state is None else tuple(part.detach() for part in self.state)
        with autocast(self.request):
            logits, self.state = self.model(input_ids, state)
            loss = nn.functional.cross_entropy(
                logits.reshape(-1, self.shape["vocabularySize"]), targets.reshape(-1), reduction="sum"
            )
        return loss / self.shape["batchSize"]

    def infer(self, count, budget_ms):
        """Greedy generation at batch 1, one token a step with the state carried."""
        self.model.eval()
        token, state = torch.zeros(1, 1, dtype=torch.long), None

        def step():
            nonlocal token, state
            logits, state = self.model(token, state)
            token = torch.tensor([[int(logits[0, 0].argmax())]])

        with torch.inference_mode(), autocast(self.request):
            return {"ms": time_repetitions(count, budget_ms, step)}
