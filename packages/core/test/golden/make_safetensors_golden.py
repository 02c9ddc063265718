"""Writes dtypes.safetensors: one array of each type that we read, by the safetensors package (0.8, torch 2.13).

Run: python make_safetensors_golden.py
"""

import pathlib

import torch
from safetensors.torch import save_file

numbers = [1.5, -0.25, 3.0, 65504.0, 0.0, -2.0**-24]
arrays = {
    "float64": torch.tensor(numbers, dtype=torch.float64).reshape(2, 3),
    "float32": torch.tensor([*numbers, 1e-42, 3.4e38], dtype=torch.float32),
    "float16": torch.tensor([*numbers, float("inf"), 2.0**-14, 0.333], dtype=torch.float16),
    "bfloat16": torch.tensor([1.5, -0.25, 3.0, 1e38, 0.333], dtype=torch.bfloat16),
    "int64": torch.tensor([1, -2, 2**31 - 1, -(2**31)], dtype=torch.int64),
    "int32": torch.tensor([[7], [-8]], dtype=torch.int32),
    "uint8": torch.tensor([0, 1, 255], dtype=torch.uint8),
    "bool": torch.tensor([True, False, True]),
    "scalar": torch.tensor(4.0),
    "empty": torch.zeros(0, 3),
}
metadata = {"format": "pt", "generator": pathlib.Path(__file__).name}
save_file(arrays, pathlib.Path(__file__).with_name("dtypes.safetensors"), metadata=metadata)
