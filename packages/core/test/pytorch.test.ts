import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  ElmanCell,
  GruCell,
  LstmCell,
  Stack,
  assignArrays,
  exportPyTorch,
  importPyTorch,
  parseSafetensors,
  randomKey,
  toNamedArrays,
  type Cell,
  type LayerState,
  type NamedArray,
  type NamedArrays,
} from '@unroll/core';
import { expectClose } from '@unroll/core/testing';

/** Written by golden/make_pytorch_goldens.py, which says what the names mean. */
const timeSteps = 7;
const inputSize = 5;
const hiddenSize = 3;

const kinds = [
  { file: 'lstm', kind: 'lstm', createCell: (options) => new LstmCell(options) },
  { file: 'gru', kind: 'gru', createCell: (options) => new GruCell(options) },
  { file: 'rnn-tanh', kind: 'elman', createCell: (options) => new ElmanCell(options) },
  { file: 'rnn-relu', kind: 'elman', createCell: (options) => new ElmanCell({ ...options, activation: 'relu' }) },
] as const satisfies {
  file: string;
  kind: Cell['kind'];
  createCell: ConstructorParameters<typeof Stack>[0]['createCell'];
}[];

const cases = kinds.flatMap((kind) =>
  [1, 2].flatMap((layers) =>
    [1, 2].flatMap((directions) =>
      (['full', 'padded'] as const).map((variant) => ({ ...kind, layers, directions, variant })),
    ),
  ),
);

const loaded = new Map<string, NamedArrays>();

function golden(file: string): NamedArrays {
  const name = `pytorch-${file}.safetensors`;
  const arrays =
    loaded.get(name) ?? parseSafetensors(readFileSync(new URL(`golden/${name}`, import.meta.url)), name).arrays;
  loaded.set(name, arrays);
  return arrays;
}

/** The arrays below a prefix, without it. */
function below(arrays: NamedArrays, prefix: string): NamedArrays {
  const found = Object.entries(arrays).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, array]) => [name.slice(prefix.length), array]));
}

function tensor<R extends tf.Rank>({ values, shape }: NamedArray): tf.Tensor<R> {
  return tf.tensor(values, [...shape] as tf.ShapeMap[R], 'float32');
}

/** PyTorch's `[layers·directions, batch, hiddenSize]` as our state. */
function splitState(h: tf.Tensor, c: tf.Tensor | undefined, directions: number): LayerState[] {
  const hs = unstack(h);
  const cs = c ? unstack(c) : [];
  const cell = (i: number) => (cs[i] ? { h: hs[i]!, c: cs[i] } : { h: hs[i]! });
  return Array.from({ length: hs.length / directions }, (_, layer) =>
    directions === 1 ? { forward: cell(layer) } : { forward: cell(2 * layer), backward: cell(2 * layer + 1) },
  );
}

/** tfjs 4.22 cannot differentiate an unstack with a single output. */
function unstack(tensor: tf.Tensor): tf.Tensor2D[] {
  return (tensor.shape[0] === 1 ? [tf.squeeze(tensor, [0])] : tf.unstack(tensor)) as tf.Tensor2D[];
}

function joinState(states: readonly LayerState[], name: 'h' | 'c'): tf.Tensor {
  return tf.stack(
    states.flatMap(({ forward, backward }) => [forward, ...(backward ? [backward] : [])].map((s) => s[name]!)),
  );
}

function createStack({ layers, directions, createCell }: Omit<(typeof cases)[number], 'variant'>): Stack {
  const bidirectional = directions === 2;
  return new Stack({ inputSize, hiddenSize, layers, bidirectional, key: randomKey(1), createCell });
}

describe.each(cases)('PyTorch $file, $layers layer(s), $directions direction(s), $variant', (options) => {
  const { file, kind, layers, directions, variant } = options;
  const all = golden(file);
  const weights = below(all, `${layers}x${directions}.weights.`);
  const expected = below(all, `${layers}x${directions}.${variant}.`);
  const get = (name: string): NamedArray => expected[name]!;

  it('gives its outputs and gradients with its weights', () => {
    const stack = createStack(options);
    assignArrays(stack.parameters, importPyTorch(weights, { kind }));
    const lengths = variant === 'padded' ? tf.tensor1d(all['lengths']!.values, 'int32') : undefined;
    expect(lengths === undefined || Math.min(...lengths.dataSync()) < timeSteps).toBe(true);
    const starts = kind === 'lstm' ? ['input', 'h0', 'c0'] : ['input', 'h0'];

    const forward = (input: tf.Tensor, h0: tf.Tensor, c0?: tf.Tensor) => {
      const initialState = splitState(h0, c0, directions);
      const { output, finalState } = stack.applyTimeMajor(input as tf.Tensor3D, { initialState, lengths });
      const results = { output, hn: joinState(finalState, 'h'), ...(c0 && { cn: joinState(finalState, 'c') }) };
      return results as Record<'output' | 'hn', tf.Tensor> & { cn?: tf.Tensor };
    };
    const startTensors = starts.map((name) => tensor(get(name))) as [tf.Tensor, tf.Tensor, tf.Tensor?];
    for (const [name, actual] of Object.entries(forward(...startTensors))) {
      expectClose(actual, get(name), { rtol: 1e-5, atol: 1e-5, name });
    }

    const loss = (...tensors: tf.Tensor[]) =>
      tf.tidy(() => {
        const [input, h0, c0] = tensors as [tf.Tensor, tf.Tensor, tf.Tensor?];
        const terms = Object.entries(forward(input, h0, c0)).map(([name, result]) =>
          tf.sum(tf.mul(result, tensor(get(`d${name[0]!.toUpperCase()}${name.slice(1)}`)))),
        );
        return tf.addN(terms) as tf.Scalar;
      });
    const inputGradients = tf.grads(loss)(startTensors as tf.Tensor[]);
    starts.forEach((name, i) =>
      expectClose(inputGradients[i]!, get(`gradient.${name}`), { rtol: 1e-4, atol: 1e-5, name }),
    );

    const variables = Object.values(stack.parameters);
    const { grads } = tf.variableGrads(() => loss(...(startTensors as tf.Tensor[])), variables);
    const byName = Object.fromEntries(Object.entries(stack.parameters).map(([name, v]) => [name, grads[v.name]!]));
    const exported = exportPyTorch(toNamedArrays(byName), { kind });
    for (const [name, gradient] of Object.entries(exported)) {
      // our single bias is the sum of PyTorch's two, so its gradient is that of either
      if (kind !== 'gru' && name.startsWith('bias_hh')) continue;
      expectClose(gradient, get(`gradient.${name}`), { rtol: 1e-4, atol: 1e-5, name });
    }
    expect(Object.keys(exported).sort()).toEqual(Object.keys(weights).sort());
  });

  it('exports weights that PyTorch would run alike', () => {
    const stack = createStack(options);
    assignArrays(stack.parameters, importPyTorch(weights, { kind }));
    const exported = exportPyTorch(toNamedArrays(stack.parameters), { kind, prefix: 'rnn.' });
    expect(importPyTorch(exported, { kind, prefix: 'rnn.' })).toEqual(importPyTorch(weights, { kind }));
    // where we keep one bias, PyTorch's second one comes back as zeros
    const exact = Object.entries(weights).filter(([name]) => kind === 'gru' || name.startsWith('weight'));
    for (const [name, array] of exact) expect(exported[`rnn.${name}`]).toEqual(array);
  });
});

describe('importPyTorch', () => {
  const weights = below(golden('gru'), '1x1.weights.');

  it('says which name is missing', () => {
    const { weight_hh_l0: _left, ...rest } = weights;
    expect(() => importPyTorch(rest, { kind: 'gru' })).toThrow('"weight_hh_l0" is missing');
  });

  it('refuses another kind of module', () => {
    expect(() => importPyTorch(weights, { kind: 'lstm' })).toThrow(
      /weight_ih_l0" must be float32 \[12, \*\], got float32 \[9, 5\]/,
    );
  });

  it('refuses names that no recurrent module has, and asks for the prefix', () => {
    expect(() => importPyTorch({ ...weights, 'decoder.weight': weights['bias_ih_l0']! }, { kind: 'gru' })).toThrow(
      /"decoder\.weight".*prefix/,
    );
  });

  it('gives zeros to a module without biases', () => {
    const { bias_ih_l0: _input, bias_hh_l0: _recurrent, ...rest } = weights;
    const imported = importPyTorch(rest, { kind: 'gru' });
    expect(imported['layers.0.forward.recurrentBias']!.values).toEqual(new Float32Array(9));
    expect(imported['layers.0.forward.bias']!.shape).toEqual([9]);
  });
});
