"""The PyTorch side of `pnpm bench`: the same language model and the same work as the unroll side, as a PyTorch user writes it.

Speaks JSON lines: one request on standard input, one answer on standard output. See benchmarks/src/harness/protocol.ts.
"""

import json
import os
import resource
import sys
import time

import torch
from torch import nn


class LanguageModel(nn.Module):
    """Embedding, stacked LSTM, linear output; time-major, which is what nn.LSTM computes in."""

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

    def parameter_count(self):
        """nn.LSTM keeps two biases a gate where one is enough; the second is left out, so that counts can be compared."""
        return sum(p.numel() for name, p in self.named_parameters() if "bias_hh" not in name)


class Session:
    def __init__(self, request):
        torch.manual_seed(request["seed"])
        torch.set_num_threads(request["threads"])
        self.shape = request["shape"]
        self.bfloat16 = request["precision"] == "bfloat16"
        self.model = LanguageModel(self.shape)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=self.shape["learningRate"])
        self.state = None

    def precision(self):
        return torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16)

    def ready(self):
        self.infer(1)
        configuration = torch.backends.mkldnn.is_available()
        return {
            "engine": f"PyTorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, oneDNN {configuration}",
            "threads": torch.get_num_threads(),
            "parameters": self.model.parameter_count(),
        }

    def train(self, steps):
        self.model.train()
        shape = self.shape
        ids = torch.randint(shape["vocabularySize"], (steps * shape["timeSteps"] + 1, shape["batchSize"]))
        step_ms, loss_nats = [], 0.0
        for step in range(steps):
            begin = step * shape["timeSteps"]
            input_ids = ids[begin : begin + shape["timeSteps"]]
            targets = ids[begin + 1 : begin + 1 + shape["timeSteps"]]
            started = time.perf_counter()
            loss_nats = self.train_step(input_ids, targets)
            step_ms.append((time.perf_counter() - started) * 1e3)
        return {"stepMs": step_ms, "lossNats": loss_nats}

    def train_step(self, input_ids, targets):
        """One update; the loss is summed over time and averaged over the batch, as in Zaremba et al. 2014."""
        shape = self.shape
        state = None if self.state is None else tuple(part.detach() for part in self.state)
        self.optimizer.zero_grad(set_to_none=True)
        with self.precision():
            logits, self.state = self.model(input_ids, state)
            loss = nn.functional.cross_entropy(
                logits.reshape(-1, shape["vocabularySize"]), targets.reshape(-1), reduction="sum"
            )
            loss = loss / shape["batchSize"]
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), shape["clipNorm"])
        self.optimizer.step()
        return loss.item() / shape["timeSteps"]

    def infer(self, steps):
        """Greedy generation at batch 1, one token a step with the state carried."""
        self.model.eval()
        token, state, step_ms = torch.zeros(1, 1, dtype=torch.long), None, []
        with torch.inference_mode(), self.precision():
            for _ in range(steps):
                started = time.perf_counter()
                logits, state = self.model(token, state)
                token = torch.tensor([[int(logits[0, 0].argmax())]])
                step_ms.append((time.perf_counter() - started) * 1e3)
        return {"stepMs": step_ms}


def peak_bytes():
    """The largest resident memory so far; Linux counts it in kibibytes, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main():
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    session = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["request"] == "start":
            session = Session(request)
            answer = session.ready()
        elif request["request"] == "train":
            answer = session.train(request["steps"])
        elif request["request"] == "infer":
            answer = session.infer(request["steps"])
        elif request["request"] == "memory":
            answer = {"peakBytes": peak_bytes()}
        else:
            raise ValueError(f"unknown request {request['request']!r}")
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
