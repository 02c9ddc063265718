import '#gradients';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { disposeParameters } from '../tensors/parameters.js';
import { randomKey } from '../tensors/random.js';
import { expectClose } from '../testing/expect-close.js';
import { Attention, type AttentionLayerOptions } from './attention.js';

const key = randomKey(3);

interface GoldenCase {
  readonly width: number;
  readonly tensors: Readonly<Record<string, readonly number[]>>;
  readonly slopes: { readonly context: readonly number[]; readonly weights: readonly number[] };
  readonly results: { readonly context: readonly number[]; readonly weights: readonly number[] };
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

interface Golden {
  readonly sizes: Readonly<Record<'queries' | 'batch' | 'steps' | 'size' | 'units', number>> & {
    readonly lengths: readonly number[];
  };
  readonly kinds: Readonly<Record<AttentionLayerOptions['kind'], GoldenCase>>;
}

const path = new URL('../../test/golden/attention.json', import.meta.url);
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;
const { queries, batch, steps, size, units, lengths } = golden.sizes;

describe('Attention', () => {
  it.each(Object.entries(golden.kinds))("%s has PyTorch's numbers and gradients", (kind, given) => {
    const { width, tensors, slopes, results, gradients } = given;
    const layer = new Attention({
      kind: kind as AttentionLayerOptions['kind'],
      querySize: size,
      valueSize: width,
      size: units,
      key,
    });
    tf.tidy(() => {
      for (const [name, parameter] of Object.entries(layer.parameters)) {
        parameter.assign(tf.tensor([...tensors[name]!], parameter.shape));
      }
      const query = tf.tensor3d([...tensors['query']!], [queries, batch, size]);
      const values = tf.tensor3d([...tensors['values']!], [steps, batch, width]);
      const run = (q: tf.Tensor3D, s: tf.Tensor3D) =>
        layer.apply(q, { keys: layer.keys(s), values: s, lengths: tf.tensor1d([...lengths], 'int32') });
      const { context, weights } = run(query, values);
      const tolerance = { rtol: 1e-5, atol: 2e-6 };
      expectClose(context, { shape: [queries, batch, width], values: Float64Array.from(results.context) }, tolerance);
      expectClose(weights, { shape: [queries, batch, steps], values: Float64Array.from(results.weights) }, tolerance);
      const loss = (q: tf.Tensor3D, s: tf.Tensor3D): tf.Scalar => {
        const result = run(q, s);
        const ofContext = tf.mul(result.context, tf.tensor(slopes.context, context.shape));
        return tf.add(tf.sum(ofContext), tf.sum(tf.mul(result.weights, tf.tensor(slopes.weights, weights.shape))));
      };
      const named = { query, values, ...layer.parameters };
      const slopesOf = tf.grads(() => loss(query, values))(Object.values(named));
      expect(Object.keys(named).toSorted()).toEqual(Object.keys(gradients).toSorted());
      for (const [i, [name, tensor]] of Object.entries(named).entries()) {
        const expected = { shape: tensor.shape, values: Float64Array.from(gradients[name]!) };
        expectClose(slopesOf[i]!, expected, { rtol: 1e-4, atol: 1e-5, name: `gradient of ${name}` });
      }
    });
    disposeParameters(layer.parameters);
  });

  it('begins with the same weights for the same key, and none alike', () => {
    const create = () => new Attention({ kind: 'additive', querySize: 3, valueSize: 4, size: 5, key });
    const [first, second] = [create(), create()];
    const numbersOf = ({ parameters }: Attention) =>
      Object.values(parameters).map((parameter) => Array.from(parameter.dataSync()));
    expect(numbersOf(first)).toEqual(numbersOf(second));
    const drawn = ['queryKernel', 'keyKernel', 'scoreVector'].flatMap((name) =>
      Array.from(first.parameters[name]!.dataSync()),
    );
    expect(new Set(drawn).size).toBe(3 * 5 + 4 * 5 + 5);
    disposeParameters(first.parameters);
    disposeParameters(second.parameters);
  });

  it('keeps no tensor but its results', () => {
    const layer = new Attention({ kind: 'general', querySize: 3, valueSize: 4, size: 5, key });
    const [query, values] = [tf.ones<tf.Rank.R3>([1, 2, 3]), tf.ones<tf.Rank.R3>([3, 2, 4])];
    const before = tf.memory().numTensors;
    const keys = layer.keys(values);
    const { context, weights } = layer.apply(query, { keys, values });
    expect(tf.memory().numTensors).toBe(before + 3);
    tf.dispose([query, values, keys, context, weights]);
    disposeParameters(layer.parameters);
  });

  it('says which kind fits sizes that differ', () => {
    const create = () => new Attention({ kind: 'dot', querySize: 3, valueSize: 4, size: 5, key });
    const widths = 'attention "dot" needs equal widths, but the query has 3 numbers and what it reads 4; use "general"';
    expect(create).toThrow(widths);
  });
});
