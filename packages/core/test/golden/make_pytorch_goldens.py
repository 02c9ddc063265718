"""Writes PyTorch's outputs and gradients for our tests: python make_pytorch_goldens.py

One file for each kind of module. Names: `<layers>x<directions>.weights.weight_ih_l0` and so on; for the same weights
`<layers>x<directions>.full.*` without and `….padded.*` with lengths (packed sequences):
input [T, B, I], h0 (c0) [layers * directions, B, H], lengths [B]; output, hn (cn); weight of each in the loss
(dOutput, dHn, dCn); and gradient.<name> for every weight, input, h0 (c0).
The padding of the input holds numbers, not zeros, so that reading it shows.

Everything is computed in float64 from numbers that float32 holds exactly, and written as float32.
"""

import pathlib

import torch
from safetensors.torch import save_file

T, B, I, H = 7, 4, 5, 3
LENGTHS = [4, 7, 1, 6]
MODULES = {
    "lstm": lambda **options: torch.nn.LSTM(I, H, **options),
    "gru": lambda **options: torch.nn.GRU(I, H, **options),
    "rnn-tanh": lambda **options: torch.nn.RNN(I, H, nonlinearity="tanh", **options),
    "rnn-relu": lambda **options: torch.nn.RNN(I, H, nonlinearity="relu", **options),
}


def irregular(generator, *shape):
    return (torch.rand(*shape, generator=generator) * 1.6 - 0.8).double()


def run(module, kind, generator, lengths):
    """One forward and backward pass; returns everything by name."""
    states = module.num_layers * (2 if module.bidirectional else 1)
    tensors = {"input": irregular(generator, T, B, I), "h0": irregular(generator, states, B, H)}
    if kind == "lstm":
        tensors["c0"] = irregular(generator, states, B, H)
    for tensor in tensors.values():
        tensor.requires_grad_(True)
    state = (tensors["h0"], tensors["c0"]) if kind == "lstm" else tensors["h0"]
    sequence = tensors["input"]
    if lengths is not None:
        sequence = torch.nn.utils.rnn.pack_padded_sequence(sequence, lengths, enforce_sorted=False)
    output, final = module(sequence, state)
    if lengths is not None:
        output, _ = torch.nn.utils.rnn.pad_packed_sequence(output, total_length=T)
    results = {"output": output, "hn": final[0], "cn": final[1]} if kind == "lstm" else {"output": output, "hn": final}
    loss = 0
    weights = {}
    for name, result in results.items():
        weights["d" + name[0].upper() + name[1:]] = irregular(generator, *result.shape)
        loss = loss + (result * weights["d" + name[0].upper() + name[1:]]).sum()
    differentiated = {**dict(module.named_parameters()), **tensors}
    gradients = torch.autograd.grad(loss, list(differentiated.values()))
    named = {**tensors, **results, **weights}
    named.update({f"gradient.{name}": gradient for name, gradient in zip(differentiated, gradients)})
    return named


def main():
    folder = pathlib.Path(__file__).parent
    for seed, (kind, create) in enumerate(MODULES.items()):
        generator = torch.Generator().manual_seed(1000 + seed)
        arrays = {}
        for layers in (1, 2):
            for directions in (1, 2):
                module = create(num_layers=layers, bidirectional=directions == 2).double()
                for parameter in module.parameters():
                    parameter.data = irregular(generator, *parameter.shape)
                case = f"{layers}x{directions}"
                arrays.update({f"{case}.weights.{name}": value for name, value in module.named_parameters()})
                for variant, lengths in (("full", None), ("padded", torch.tensor(LENGTHS))):
                    named = run(module, kind, generator, lengths)
                    arrays.update({f"{case}.{variant}.{name}": value for name, value in named.items()})
        arrays = {name: value.detach().float().contiguous() for name, value in arrays.items()}
        arrays["lengths"] = torch.tensor(LENGTHS, dtype=torch.int32)
        metadata = {"generator": pathlib.Path(__file__).name, "torch": torch.__version__}
        save_file(arrays, folder / f"pytorch-{kind}.safetensors", metadata=metadata)


main()
