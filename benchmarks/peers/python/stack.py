"""Stacked LSTM layers alone, one step at a time at batch 1 with the state carried."""

import torch
from torch import nn

from serving import time_repetitions
from session import autocast, count_parameters


class StackSession:
    def __init__(self, request):
        self.request = request
        size = request["shape"]["hiddenSize"]
        self.lstm = nn.LSTM(size, size, request["shape"]["layers"]).eval()
        self.parameters = count_parameters(self.lstm, leave_out="bias_hh")
        self.input = torch.rand(1, 1, size)
        self.state = None

    def run(self, work, count, budget_ms):
        def step():
            _, self.state = self.lstm(self.input, self.state)

        with torch.inference_mode(), autocast(self.request):
            return {"ms": time_repetitions(count, budget_ms, step)}
