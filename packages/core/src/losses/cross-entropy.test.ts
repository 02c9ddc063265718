import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { hasKernel } from '../ops/has-kernel.js';
import { LinearCrossEntropy } from '../ops/kernel-names.js';
import { pathCounts } from '../ops/path-counts.js';
import { checkGradients } from '../testing/check-gradients.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { expectedPath } from '../testing/expected-path.js';
import { irregular } from '../testing/sequence-problem.js';
import { crossEntropy, linearCrossEntropy } from './cross-entropy.js';

const rows = 5;
const hiddenSize = 3;
const vocabularySize = 7;
const targets = [2, 0, 6, 2, 5];
const weights = [1, 0, 1, 0.25, 1];

interface Options {
  readonly labelSmoothing: number;
  readonly transposeKernel: boolean;
  readonly masked: boolean;
  readonly biased: boolean;
}

const variants: Options[] = [0, 0.1].flatMap((labelSmoothing) =>
  [false, true].flatMap((transposeKernel) =>
    [false, true].flatMap((masked) => [
      { labelSmoothing, transposeKernel, masked, biased: !transposeKernel || masked },
    ]),
  ),
);

/** The definition in float64, row by row. */
function referenceLosses(arrays: Readonly<Record<string, Float64Array>>, options: Options): number[] {
  const { labelSmoothing, transposeKernel, masked } = options;
  return targets.map((target, row) => {
    const logits = Array.from({ length: vocabularySize }, (_, v) => {
      let logit = arrays['bias']?.[v] ?? 0;
      for (let k = 0; k < hiddenSize; k++) {
        const weight = arrays['kernel']![transposeKernel ? v * hiddenSize + k : k * vocabularySize + v]!;
        logit += arrays['hidden']![row * hiddenSize + k]! * weight;
      }
      return logit;
    });
    const logSum = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    const wanted = (v: number) => (v === target ? 1 - labelSmoothing : 0) + labelSmoothing / vocabularySize;
    const loss = logits.reduce((sum, logit, v) => sum - wanted(v) * (logit - logSum), 0);
    return masked ? loss * weights[row]! : loss;
  });
}

function tensorsOf({ transposeKernel, biased }: Options) {
  const kernelShape: [number, number] = transposeKernel ? [vocabularySize, hiddenSize] : [hiddenSize, vocabularySize];
  return {
    hidden: irregular<tf.Rank.R2>([rows, hiddenSize], 1, 'hidden'),
    kernel: irregular<tf.Rank.R2>(kernelShape, 1, 'kernel'),
    ...(biased && { bias: irregular<tf.Rank.R1>([vocabularySize], 1, 'bias') }),
  };
}

const fixedOf = ({ masked }: Options) => ({
  targets: tf.tensor1d(targets, 'int32'),
  ...(masked && { mask: tf.tensor1d(weights) }),
});

const toArrays = (tensors: Record<string, tf.Tensor>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, Float64Array.from(tensor.dataSync())]));

describe.each(variants)(
  'linearCrossEntropy, smoothing $labelSmoothing, transposed $transposeKernel, masked $masked, bias $biased',
  (options) => {
    it('gives the losses, sum and count of its definition', () => {
      tf.tidy(() => {
        const tensors = tensorsOf(options);
        const { losses, sum, count } = linearCrossEntropy({ ...tensors, ...fixedOf(options) }, options);
        const expected = referenceLosses(toArrays(tensors), options);
        expectClose(losses, { shape: [rows], values: expected }, tolerances.forward);
        expectClose(sum, { shape: [], values: [expected.reduce((a, b) => a + b)] }, tolerances.forward);
        expectClose(count, { shape: [], values: [options.masked ? 3.25 : rows] }, tolerances.forward);
      });
    });

    it('is crossEntropy of the logits', () => {
      tf.tidy(() => {
        const { hidden, kernel, bias } = tensorsOf(options);
        const product: tf.Tensor2D = tf.matMul(hidden, kernel, false, options.transposeKernel);
        const slow = crossEntropy(bias ? tf.add(product, bias) : product, fixedOf(options), options);
        const fast = linearCrossEntropy({ hidden, kernel, bias, ...fixedOf(options) }, options);
        expectClose(fast.losses, slow.losses, tolerances.forward);
        expectClose(fast.sum, slow.sum, tolerances.forward);
        expectClose(fast.count, slow.count, tolerances.forward);
      });
    });

    it.each([1, -2.5])('has the gradient of its sum, times %d', (factor) => {
      tf.tidy(() => {
        const tensors = tensorsOf(options);
        const compared = checkGradients({
          tensors,
          loss: () => tf.mul(linearCrossEntropy({ ...tensors, ...fixedOf(options) }, options).sum, factor),
          reference: (arrays) => factor * referenceLosses(arrays, options).reduce((a, b) => a + b),
        });
        expect(compared).toBeGreaterThanOrEqual(rows * hiddenSize + hiddenSize * vocabularySize);
      });
    });
  },
);

describe('linearCrossEntropy', () => {
  const plain: Options = { labelSmoothing: 0.05, transposeKernel: false, masked: true, biased: true };

  it('takes the fused kernel where the engine has it, and leaves no tensors behind', () => {
    const isFused = expectedPath(LinearCrossEntropy) === 'fused';
    expect(hasKernel(LinearCrossEntropy)).toBe(isFused);
    tf.tidy(() => {
      const tensors = { ...tensorsOf(plain), ...fixedOf(plain) };
      const before = { ...pathCounts(LinearCrossEntropy), tensors: tf.memory().numTensors };
      const { value, grads } = tf.valueAndGrads(
        (hidden, kernel) =>
          linearCrossEntropy({ ...tensors, hidden: hidden as tf.Tensor2D, kernel: kernel as tf.Tensor2D }, plain).sum,
      )([tensors.hidden, tensors.kernel]);
      tf.dispose([value, ...grads]);
      tf.dispose(Object.values(linearCrossEntropy(tensors, plain)));
      const { fused, steps } = pathCounts(LinearCrossEntropy);
      const moved = {
        fused: fused - before.fused,
        steps: steps - before.steps,
        tensors: tf.memory().numTensors - before.tensors,
      };
      expect(moved).toEqual({
        fused: isFused ? 2 : 0,
        steps: isFused ? 0 : 2,
        tensors: 0,
      });
    });
  });

  it('equals cross-entropy of the logits at a size where kernels work in blocks, gradients included', () => {
    tf.tidy(() => {
      const [n, h, v] = [37, 19, 1031];
      const hidden = irregular<tf.Rank.R2>([n, h], 3, 'hidden');
      const kernel = irregular<tf.Rank.R2>([h, v], 3, 'kernel');
      const bias = irregular<tf.Rank.R1>([v], 3, 'bias');
      const rest = {
        targets: tf.tensor1d(
          Array.from({ length: n }, (_, i) => (i * 263) % v),
          'int32',
        ),
      };
      const fast = tf.valueAndGrads(
        (a, b, c) =>
          linearCrossEntropy({ hidden: a as tf.Tensor2D, kernel: b as tf.Tensor2D, bias: c as tf.Tensor1D, ...rest })
            .sum,
      );
      const slow = tf.valueAndGrads(
        (a, b, c) => crossEntropy(tf.add(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D), c), rest).sum,
      );
      const [actual, expected] = [fast([hidden, kernel, bias]), slow([hidden, kernel, bias])];
      expectClose(actual.value, expected.value, tolerances.forward);
      actual.grads.forEach((gradient, i) => expectClose(gradient, expected.grads[i]!, tolerances.backward));
    });
  });

  it('sees nothing of a padded row: not in the sum, the count or the gradients', () => {
    tf.tidy(() => {
      const { kernel, bias, ...tensors } = { ...tensorsOf(plain), ...fixedOf({ ...plain, masked: false }) };
      const padding = {
        hidden: tf.mul(irregular<tf.Rank.R2>([2, hiddenSize], 9, 'padding'), 50),
        targets: tf.tensor1d([1, 1], 'int32'),
      };
      const short = { hidden: tensors.hidden, targets: tensors.targets, mask: tf.ones<tf.Rank.R1>([rows]) };
      const long = {
        hidden: tf.concat([tensors.hidden, padding.hidden as tf.Tensor2D]),
        targets: tf.concat([tensors.targets, padding.targets]),
        mask: tf.concat([short.mask, tf.zeros<tf.Rank.R1>([2])]),
      };
      const run = (batch: typeof short) => ({
        ...linearCrossEntropy({ ...batch, kernel, bias }),
        gradient: tf.grad((k) => linearCrossEntropy({ ...batch, kernel: k as tf.Tensor2D, bias }).sum)(kernel),
      });
      const [alone, padded] = [run(short), run(long)];
      expectClose(padded.sum, alone.sum, tolerances.forward);
      expectClose(padded.count, alone.count, tolerances.forward);
      expectClose(padded.gradient, alone.gradient, tolerances.backward);
    });
  });

  it('stays finite for logits of any size', () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([
        [1000, -1000, 0],
        [-5000, -5000, -5000],
      ]);
      const { losses } = crossEntropy(logits, { targets: tf.tensor1d([1, 2], 'int32') });
      expectClose(losses, { shape: [2], values: [2000, Math.log(3)] }, tolerances.forward);
      const hidden = tf.tensor2d([[1000, -1000]]);
      const kernel = tf.tensor2d([
        [1, -1, 0],
        [0, 0, 0],
      ]);
      const linear = linearCrossEntropy({ hidden, kernel, targets: tf.tensor1d([1], 'int32') });
      expectClose(linear.sum, { shape: [], values: [2000] }, tolerances.forward);
    });
  });

  it('refuses a gradient of single losses instead of giving a wrong one', () => {
    tf.tidy(() => {
      const tensors = { ...tensorsOf(plain), ...fixedOf(plain) };
      const gradient = tf.grad((kernel) =>
        tf.sum(tf.square(linearCrossEntropy({ ...tensors, kernel: kernel as tf.Tensor2D }).losses)),
      );
      expect(() => gradient(tensors.kernel)).toThrow('differentiate `sum`');
    });
  });

  it('names the argument and the axes of a wrong shape', () => {
    tf.tidy(() => {
      const tensors = { ...tensorsOf(plain), ...fixedOf(plain) };
      const apply = (changed: object) => () => linearCrossEntropy({ ...tensors, ...changed });
      expect(apply({ kernel: tf.zeros([4, 7]) })).toThrow(
        'kernel must be [hiddenSize, vocabularySize] = [3, 7], got [4, 7]',
      );
      expect(apply({ bias: tf.zeros([6]) })).toThrow('bias must be [vocabularySize] = [7], got [6]');
      expect(apply({ targets: tf.tensor1d([1], 'int32') })).toThrow('targets must be [rows] = [5], got [1]');
      expect(apply({ targets: tf.zeros([5]) })).toThrow('targets must be int32, got float32');
      expect(apply({ mask: tf.zeros([4]) })).toThrow('mask must be [rows] = [5], got [4]');
      expect(() => linearCrossEntropy(tensors, { labelSmoothing: 1 })).toThrow(
        'labelSmoothing must be 0 ≤ ε < 1, got 1',
      );
    });
  });
});
