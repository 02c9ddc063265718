"""Large matrix products by torch.matmul; in bfloat16 the factors are stored in it, so that nothing is converted."""

import torch

from serving import time_repetitions


class ProductsSession:
    def __init__(self, request):
        self.dtype = torch.bfloat16 if request["precision"] == "bfloat16" else torch.float32
        self.factors = {}
        self.parameters = 0

    def run(self, work, count, budget_ms):
        if work not in self.factors:
            rows, inner, columns = map(int, work.split("x"))
            self.factors[work] = self.random(rows, inner), self.random(inner, columns)
        a, b = self.factors[work]
        with torch.inference_mode():
            return {"ms": time_repetitions(count, budget_ms, lambda: torch.matmul(a, b))}

    def random(self, rows, columns):
        return (torch.rand(rows, columns) - 0.5).to(self.dtype)
