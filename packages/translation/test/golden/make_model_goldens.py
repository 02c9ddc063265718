"""Losses and gradients of small translation models, from the equations of the papers, one pair at a time and in float64.

    /tmp/venv/bin/python make_model_goldens.py     (torch 2.13)

writes model.json beside it. Cells are torch.nn's (GRUCell: gates r z n; LSTMCell: i f g o), gradients autograd's. There is no padding
and no batch here: what the models do about those must not be seen. Weights follow from a formula that the test knows, too.
"""
import json
import math
import pathlib

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)

VOCABULARY, EMBEDDING, ENCODER, DECODER = 11, 5, 3, 6
# As test/models.ts has them: source, target, source in ids of the target. Ids from 11 on are words that a sentence has of its own.
PAIRS = [
    ([4, 6, 5, 1, 3], [5, 11, 7, 3], [4, 6, 5, 11, 3]),
    ([8, 3], [9, 8, 8, 10, 6, 3], [8, 3]),
    ([10, 1, 1, 3], [12, 3], [10, 11, 12, 3]),
]
START, UNKNOWN = 2, 1
GATES = {'gru': 3, 'lstm': 4}


class Weights:
    """Made when they are first asked for, by name."""

    def __init__(self):
        self.made = {}

    def __call__(self, name, *shape):
        if name not in self.made:
            k, size = len(self.made), math.prod(shape)
            values = [0.6 * math.sin(0.37 * (i + 1) * (k + 2) + 0.013 * i * i) for i in range(size)]
            self.made[name] = torch.tensor(values).reshape(shape).requires_grad_()
        return self.made[name]


def cell(w, name, kind, inputs, hidden):
    """One step of torch.nn's cell with weights of ours, which are transposed and lie gate beside gate."""
    gates = GATES[kind]
    i = w(f'{name}.inputKernel', inputs, gates * hidden).T
    r = w(f'{name}.recurrentKernel', hidden, gates * hidden).T
    b = w(f'{name}.bias', gates * hidden)
    if kind == 'gru':
        rb = w(f'{name}.recurrentBias', gates * hidden)
        return lambda x, s: {'h': torch.gru_cell(x[None], s['h'][None], i, r, b, rb)[0]}

    def step(x, s):
        h, c = torch.lstm_cell(x[None], (s['h'][None], s['c'][None]), i, r, b, torch.zeros_like(b))
        return {'h': h[0], 'c': c[0]}

    return step


def zeros(kind, size):
    return {name: torch.zeros(size) for name in ('h', 'c')[: 2 if kind == 'lstm' else 1]}


def norm(w, name, x):
    size = x.shape[-1]
    return F.layer_norm(x, (size,), w(f'{name}.scale', size), w(f'{name}.offset', size), 1e-5)


def linear(w, name, x, out, bias=True):
    y = x @ w(f'{name}.kernel', x.shape[-1], out)
    return y + w(f'{name}.bias', out) if bias else y


def encode(w, model, ids):
    """States of each token, and the last state of each direction."""
    x = w('encoder.tokens.embedding.table', VOCABULARY, EMBEDDING)[ids]
    if model['layerNorm']:
        x = norm(w, 'encoder.tokens.norm', x)
    outputs, last = [], []
    for direction in ['forward', 'backward'][: 2 if model['bidirectional'] else 1]:
        step = cell(w, f'encoder.layers.0.{direction}', model['encoderCell'], EMBEDDING, ENCODER)
        state, states = zeros(model['encoderCell'], ENCODER), []
        for row in x if direction == 'forward' else x.flip(0):
            state = step(row, state)
            states.append(state['h'])
        outputs.append(torch.stack(states if direction == 'forward' else states[::-1]))
        last.append(state)
    h = torch.cat(outputs, 1)
    if model['layerNorm']:
        h = norm(w, 'encoder.norm', h)
    return h, {name: torch.cat([state[name] for state in last]) for name in last[0]}


def bridge(w, model, h, last):
    states = []
    for layer in range(model['layers']):
        names = ('h', 'c')[: 2 if model['decoderCell'] == 'lstm' else 1]
        if model['bridge'] == 'zero':
            states.append(zeros(model['decoderCell'], DECODER))
        elif model['bridge'] == 'last':
            states.append({name: last[name] for name in names})
        else:
            read = {name: h.mean(0) if model['bridge'] == 'mean' else last[name] for name in names}
            states.append({n: torch.tanh(linear(w, f'bridge.{layer}.{n}', read[n], DECODER)) for n in names})
    return states


def attend(w, model, name, query, h, extra):
    kind = model['kind']
    if kind in ('additive', 'concat'):
        q = query @ w(f'{name}.queryKernel', DECODER, DECODER)
        k = h @ w(f'{name}.keyKernel', h.shape[1], DECODER)
        if kind == 'additive':
            k = k + w(f'{name}.keyBias', DECODER)
        scores = torch.tanh(q + k) @ w(f'{name}.scoreVector', DECODER)
    elif kind == 'general':
        scores = (h @ w(f'{name}.keyKernel', h.shape[1], DECODER)) @ query
    else:
        scores = h @ query
    weights = torch.softmax(scores + extra, 0)
    return weights @ h, weights


def local_scores(w, query, length, window):
    share = torch.sigmoid(torch.tanh(query @ w('decoder.range.map.kernel', DECODER, DECODER)) @ w('decoder.range.vector', DECODER, 1))
    distance = torch.arange(length) - share * (length - 1)
    inside = distance.abs() <= window
    return torch.where(inside, -(distance**2) / (2 * (window / 2) ** 2), torch.tensor(-math.inf))


def decoder_step(w, model, y, state, h):
    """State: 'cells' of each layer, 'feed', 'covered'."""
    cells, kind, attends = list(state['cells']), model['decoderCell'], model['attends']
    extra = torch.zeros(len(h))
    if model['coverage']:
        extra = extra + state['covered'] * w('decoder.coverage.weight', 1)
    if attends == 'after':
        x = torch.cat([y, state['feed']]) if model['inputFeeding'] else y
        cells[0] = cell(w, 'decoder.layers.0.forward', kind, len(x), DECODER)(x, cells[0])
        s = cells[0]['h']
        if model['window']:
            extra = extra + local_scores(w, s, len(h), model['window'])
        c, a = attend(w, model, 'decoder.attention', s, h, extra)
        s = torch.tanh(torch.cat([c, s]) @ w('decoder.combine.kernel', len(c) + DECODER, DECODER))
    elif attends == 'before':
        c, a = attend(w, model, 'decoder.attentive.attention', cells[0]['h'], h, extra)
        x = torch.cat([y, c])
        cells[0] = cell(w, 'decoder.attentive.cell', kind, len(x), DECODER)(x, cells[0])
        s = cells[0]['h']
    else:
        middle = cell(w, 'decoder.attentive.first', kind, len(y), DECODER)(y, cells[0])
        c, a = attend(w, model, 'decoder.attentive.attention', middle['h'], h, extra)
        cells[0] = cell(w, 'decoder.attentive.second', kind, len(c), DECODER)(c, middle)
        s = cells[0]['h']
    for layer in range(1, model['layers']):
        cells[layer] = cell(w, f'decoder.layers.{layer - 1}.forward', kind, DECODER, DECODER)(s, cells[layer])
        s = cells[layer]['h']
    covering = torch.minimum(a, state['covered']).sum()
    return s, c, a, covering, {'cells': cells, 'feed': s, 'covered': state['covered'] + a}


def readout(w, model, s, c, y):
    parts = {'output': s, 'vectors': y} if model['attends'] == 'after' else {'output': s, 'context': c, 'vectors': y}
    if model['deepOutput']:
        hidden = torch.tanh(sum(linear(w, f'readout.{n}', x, EMBEDDING, n == 'output') for n, x in parts.items()))
    else:
        hidden = s if model['attends'] == 'after' else torch.cat([s, c])
    return norm(w, 'readout.norm', hidden) if model['layerNorm'] else hidden


def pair_loss(w, model, pair):
    source, target, own = pair
    if not model['copy']:
        target = [i if i < VOCABULARY else UNKNOWN for i in target]
    h, last = encode(w, model, source)
    state = {'cells': bridge(w, model, h, last), 'feed': torch.zeros(DECODER), 'covered': torch.zeros(len(source))}
    losses, total = [], 0
    for previous, wanted in zip([START, *target[:-1]], target):
        y = w('tokens.embedding.table', VOCABULARY, EMBEDDING)[previous if previous < VOCABULARY else UNKNOWN]
        if model['layerNorm']:
            y = norm(w, 'tokens.norm', y)
        s, c, a, covering, state = decoder_step(w, model, y, state, h)
        hidden = readout(w, model, s, c, y)
        kernel = w('tokens.embedding.table').T if model['tied'] else w('head.kernel', len(hidden), VOCABULARY)
        logs = torch.log_softmax(hidden @ kernel + w('head.bias', VOCABULARY), 0)
        likely = logs[wanted] if wanted < VOCABULARY else None
        if model['copy']:
            gate = linear(w, 'copyGate.output', s, 1) + linear(w, 'copyGate.vectors', y, 1, False)
            if model['attends'] != 'after':
                gate = gate + linear(w, 'copyGate.context', c, 1, False)
            g = torch.sigmoid(gate)[0]
            copied = sum(a[i] for i, token in enumerate(own) if token == wanted)
            likely = torch.log((g * torch.exp(likely) if likely is not None else 0) + (1 - g) * copied)
        losses.append(-likely)
        epsilon = model['labelSmoothing']
        total = total - (1 - epsilon) * likely - epsilon * logs.mean() + (model['coverage'] * covering)
    return losses, total


BASE = {
    'encoderCell': 'gru', 'bidirectional': True, 'decoderCell': 'gru', 'layers': 1, 'attends': 'between', 'inputFeeding': True,
    'kind': 'additive', 'window': 0, 'coverage': 0, 'bridge': 'mean', 'copy': False, 'tied': False, 'layerNorm': False,
    'deepOutput': True, 'labelSmoothing': 0,
}
MODELS = {
    'conditional GRU, layer norm, tied, label smoothing': {'layerNorm': True, 'tied': True, 'layers': 2, 'labelSmoothing': 0.1},
    'LSTM, input feeding, coverage, copying': {
        'encoderCell': 'lstm', 'decoderCell': 'lstm', 'attends': 'after', 'kind': 'general', 'coverage': 0.7, 'copy': True, 'bridge': 'dense',
    },
    'LSTM that attends before its step, one direction, no deep output': {
        'bidirectional': False, 'decoderCell': 'lstm', 'attends': 'before', 'kind': 'concat', 'bridge': 'zero', 'deepOutput': False,
    },
    'GRU with a predicted range, without feeding': {
        'attends': 'after', 'inputFeeding': False, 'kind': 'dot', 'window': 2, 'bridge': 'last', 'deepOutput': False,
    },
    'conditional LSTM that copies, with label smoothing and coverage': {
        'encoderCell': 'lstm', 'decoderCell': 'lstm', 'copy': True, 'labelSmoothing': 0.2, 'coverage': 0.5,
    },
}


def golden(name, over):
    model = {**BASE, **over}
    w = Weights()
    results = [pair_loss(w, model, pair) for pair in PAIRS]
    total = sum(loss for _, loss in results)
    total.backward()
    gradients = {n: {'shape': list(v.shape), 'values': [float(f'{x:.8g}') for x in v.grad.flatten()]} for n, v in w.made.items()}
    return {
        'name': name,
        'model': model,
        'losses': [[float(f'{loss.item():.8g}') for loss in losses] for losses, _ in results],
        'total': float(f'{total.item():.8g}'),
        'gradients': gradients,
    }


goldens = {'generator': 'make_model_goldens.py', 'models': [golden(name, over) for name, over in MODELS.items()]}
path = pathlib.Path(__file__).with_name('model.json')
path.write_text(json.dumps(goldens, separators=(',', ':')) + '\n')
