import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs-core';
import { parseConfig } from '../config.js';
import { ConfigError } from '../errors.js';
import { OptimizerStep } from '../ops/kernel-names.js';
import { pathCounts } from '../ops/path-counts.js';
import { deriveKey, normal, randomKey, uniform } from '../tensors/random.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { expectedPath } from '../testing/expected-path.js';
import { trainingConfigSchema, type TrainingConfigInput } from '../training/training-config.js';
import { denseGradient } from './gradient.js';
import { createOptimizer } from './optimizer.js';
import { applyReadable } from './readable.js';
import type { Update } from './update.js';

interface Golden {
  readonly shapes: Readonly<Record<string, number[]>>;
  readonly weights: Readonly<Record<string, number[]>>;
  readonly gradients: readonly Readonly<Record<string, number[]>>[];
  readonly after: Readonly<Record<string, readonly Readonly<Record<string, number[]>>[]>>;
}
const goldenFile = new URL('../../test/golden/optimizers.json', import.meta.url);
const golden = JSON.parse(readFileSync(goldenFile, 'utf8')) as Golden;

const adam = { beta1: 0.8, beta2: 0.97, epsilon: 1e-3, learningRate: 0.05 };
const rmsprop = { name: 'rmsprop', learningRate: 0.02, decay: 0.95, epsilon: 1e-3 } as const;
const configs: Readonly<Record<string, TrainingConfigInput>> = {
  sgd: { optimizer: { name: 'sgd', learningRate: 0.3 } },
  'sgd clipped': { optimizer: { name: 'sgd', learningRate: 0.3 }, clipNorm: 1.5 },
  'sgd l2': {
    optimizer: { name: 'sgd', learningRate: 0.3 },
    clipNorm: 1.5,
    regularization: [{ match: '*', l2: 0.04 }],
  },
  momentum: { optimizer: { name: 'momentum', learningRate: 0.1, momentum: 0.85 } },
  nesterov: { optimizer: { name: 'momentum', learningRate: 0.1, momentum: 0.85, nesterov: true }, clipNorm: 2 },
  rmsprop: { optimizer: rmsprop },
  'rmsprop momentum': { optimizer: { ...rmsprop, momentum: 0.7 } },
  adam: { optimizer: { name: 'adam', ...adam } },
  'adam l2': { optimizer: { name: 'adam', ...adam }, clipNorm: 1, regularization: [{ match: '*', l2: 0.1 }] },
  adamw: { optimizer: { name: 'adamw', ...adam, weightDecay: 0.2 } },
};

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];

/** A parameter `[2, 3]` that the small tests push around. */
const start = [0.5, -1, 2, 0, 0.25, -3];
const gradient = [3, -4, 0, 12, -0.5, 1];

function update(input: TrainingConfigInput, gradients = gradient, gradientScale = 1) {
  const config = parseConfig(trainingConfigSchema, { optimizer: { name: 'sgd', learningRate: 0.1 }, ...input });
  const variable = tf.variable(tf.tensor2d(start, [2, 3]));
  const optimizer = createOptimizer({ 'cell.kernel': variable }, config);
  const options = { step: 1, learningRate: config.optimizer.learningRate, gradientScale };
  const { gradientNorm } = optimizer.apply([tf.tensor2d(gradients, [2, 3])], options);
  return { weights: values(variable), gradientNorm };
}

const expectValues = (actual: readonly number[], expected: readonly number[]) =>
  expectClose(
    { shape: [actual.length], values: actual },
    { shape: [expected.length], values: expected },
    tolerances.forward,
  );

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

describe('optimizers', () => {
  it.each(Object.entries(configs))('follow PyTorch for 6 updates: %s', (name, input) => {
    const config = parseConfig(trainingConfigSchema, input);
    const entries = Object.entries(golden.shapes);
    const parameters = Object.fromEntries(
      entries.map(([key, shape]) => [key, tf.variable(tf.tensor(golden.weights[key]!, shape))]),
    );
    const optimizer = createOptimizer(parameters, config);
    const ran = expectedPath(OptimizerStep);
    const before = pathCounts(OptimizerStep)[ran];
    golden.gradients.forEach((gradients, i) => {
      const tensors = entries.map(([key, shape]) => tf.tensor(gradients[key]!, shape));
      optimizer.apply(tensors, { step: i + 1, learningRate: config.optimizer.learningRate, gradientScale: 1 });
      for (const [key, shape] of entries) {
        const expected = { shape, values: golden.after[name]![i]![key]! };
        expectClose(parameters[key]!, expected, { ...tolerances.forward, name: `${key} after update ${i + 1}` });
      }
    });
    expect(pathCounts(OptimizerStep)[ran] - before).toBe(golden.gradients.length);
  });

  it('scales the gradients, tells their norm, then clips them by norm', () => {
    const { weights, gradientNorm } = update({ clipNorm: 1 }, gradient, 0.5);
    const norm = Math.hypot(...gradient) / 2;
    expectValues([gradientNorm], [norm]);
    expectValues(
      weights,
      start.map((w, i) => w - (0.1 * gradient[i]! * 0.5) / norm),
    );
  });

  it('leaves gradients below the norm as they are', () => {
    expectValues(
      update({ clipNorm: 100 }).weights,
      start.map((w, i) => w - 0.1 * gradient[i]!),
    );
  });

  it('clips by value after clipping by norm', () => {
    const norm = Math.hypot(...gradient);
    const clipped = gradient.map((g) => Math.min(1, Math.max(-1, (g * 6.5) / norm)));
    expectValues(
      update({ clipNorm: 6.5, clipValue: 1 }).weights,
      start.map((w, i) => w - 0.1 * clipped[i]!),
    );
  });

  it('adds L1 and L2 of the group after clipping', () => {
    const regularization = [{ match: 'cell.*', l1: 0.5, l2: 2 }];
    const expected = start.map((w, i) => {
      const g = Math.min(1, Math.max(-1, gradient[i]!));
      return w - 0.1 * (g + 0.5 * Math.sign(w) + 2 * w);
    });
    expectValues(update({ clipValue: 1, regularization }).weights, expected);
  });

  it('decays weights apart from the gradient, with the scaled learning rate', () => {
    const regularization = [{ match: '*', weightDecay: 0.3, learningRateScale: 0.5 }];
    const expected = start.map((w, i) => w * (1 - 0.05 * 0.3) - 0.05 * gradient[i]!);
    expectValues(update({ regularization }).weights, expected);
  });

  it('holds the norm of each column at maxNorm', () => {
    const moved = start.map((w, i) => w - 0.1 * gradient[i]!);
    const norms = [0, 1, 2].map((column) => Math.hypot(moved[column]!, moved[column + 3]!));
    expect(norms.filter((norm) => norm > 1.5)).toHaveLength(1);
    const expected = moved.map((w, i) => w * Math.min(1, 1.5 / norms[i % 3]!));
    expectValues(update({ regularization: [{ match: '*', maxNorm: 1.5 }] }).weights, expected);
  });

  it('leaves vectors out of the maxNorm constraint', () => {
    const bias = tf.variable(tf.tensor1d([5, -7]));
    const options = parseConfig(trainingConfigSchema, { regularization: [{ match: '*', maxNorm: 1 }] });
    const optimizer = createOptimizer({ bias }, options);
    optimizer.apply([tf.tensor1d([1, 1])], { step: 1, learningRate: 1, gradientScale: 1 });
    expect(values(bias)).toEqual([4, -8]);
  });

  it.each([Number.NaN, Infinity])('changes nothing if a gradient is %s', (poison) => {
    const config = parseConfig(trainingConfigSchema, { optimizer: { name: 'adam' }, clipNorm: 1 });
    const [a, b] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.tensor1d([3]))];
    const optimizer = createOptimizer({ a, b }, config);
    const gradients = [tf.tensor1d([1, 1]), tf.tensor1d([poison])];
    const { gradientNorm } = optimizer.apply(gradients, { step: 1, learningRate: 1, gradientScale: 1 });
    expect(gradientNorm).toSatisfy((norm: number) => !Number.isFinite(norm));
    expect([values(a), values(b)]).toEqual([[1, 2], [3]]);
    expect(Object.values(optimizer.slots).flatMap(values)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('leaves a parameter without gradient as it is, decay included', () => {
    const config = parseConfig(trainingConfigSchema, { optimizer: { name: 'adamw', learningRate: 0.1 } });
    const [a, b] = [tf.variable(tf.tensor1d([1])), tf.variable(tf.tensor1d([3]))];
    const optimizer = createOptimizer({ a, b }, config);
    optimizer.apply([undefined, tf.tensor1d([1])], { step: 1, learningRate: 0.1, gradientScale: 1 });
    expect(values(a)).toEqual([1]);
    expect(values(b)[0]).toBeLessThan(3);
  });

  it('never writes into memory that others hold', () => {
    const initial = tf.tensor1d([1, 2]);
    const [a, b] = [tf.variable(initial), tf.variable(initial)];
    const optimizer = createOptimizer({ a, b }, parseConfig(trainingConfigSchema, {}));
    const gradients = [tf.tensor1d([1, 1]), tf.tensor1d([10, 10])];
    optimizer.apply(gradients, { step: 1, learningRate: 1, gradientScale: 1 });
    expect([a, b, initial, ...gradients].map(values)).toEqual([
      [0, 1],
      [-9, -8],
      [1, 2],
      [1, 1],
      [10, 10],
    ]);
  });

  it('names its moments after their parameters and frees them', () => {
    const variable = tf.variable(tf.tensor1d([1]));
    const before = tf.memory().numTensors;
    const optimizer = createOptimizer(
      { bias: variable },
      parseConfig(trainingConfigSchema, { optimizer: { name: 'adam' } }),
    );
    expect(Object.keys(optimizer.slots)).toEqual(['bias/mean', 'bias/meanSquare']);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('regularization groups', () => {
  it('are found by the first pattern that matches a name', () => {
    const regularization = [
      { match: '*.bias', learningRateScale: 0 },
      { match: 'cell.*', learningRateScale: 2 },
    ];
    const names = ['cell.kernel', 'cell.bias', 'head.kernel', 'cellXbias'];
    const parameters = Object.fromEntries(names.map((name) => [name, tf.variable(tf.tensor1d([0]))]));
    const optimizer = createOptimizer(parameters, parseConfig(trainingConfigSchema, { regularization }));
    optimizer.apply(
      names.map(() => tf.tensor1d([-1])),
      { step: 1, learningRate: 1, gradientScale: 1 },
    );
    expect(names.map((name) => values(parameters[name]!)[0])).toEqual([2, 0, 1, 1]);
  });

  it('must match something', () => {
    const config = parseConfig(trainingConfigSchema, { regularization: [{ match: 'cel.*' }] });
    const create = () => createOptimizer({ 'cell.kernel': tf.variable(tf.tensor1d([0])) }, config);
    expect(create).toThrow(ConfigError);
    expect(create).toThrow('regularization group "cel.*" matches no parameter; there are cell.kernel');
  });
});

/** Random coefficients, some of them off. */
const coefficient = (max: number) => fc.oneof(fc.constant(0), fc.double({ min: 0.01, max, noNaN: true }));
const anyConfig = fc.record({
  optimizer: fc.constantFrom(...Object.values(configs).map(({ optimizer }) => optimizer!)),
  clipNorm: coefficient(2),
  clipValue: coefficient(1),
  l1: coefficient(0.1),
  l2: coefficient(0.5),
  weightDecay: coefficient(0.5),
  maxNorm: coefficient(2),
});
const anyShape = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 2 });

describe('the fused kernel', () => {
  it('gives the numbers of the readable formulas', ({ skip }) => {
    skip(expectedPath(OptimizerStep) === 'steps', 'the plain JavaScript engine has no fused kernel');
    const property = fc.property(anyConfig, fc.array(anyShape, { minLength: 1, maxLength: 3 }), fc.nat(), compareTwins);
    fc.assert(property, { seed: 20, numRuns: 100 });
  });
});

describe('a gradient of rows', () => {
  const rowsCase = fc.record({
    table: fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 70 })),
    share: fc.double({ min: 0.05, max: 1, noNaN: true }),
    seed: fc.nat(),
  });

  it.each(['the fastest way', 'the readable formulas'])('does what the dense one with zeros does: %s', (way) => {
    const apply = way === 'the readable formulas' ? applyReadable : undefined;
    const property = fc.property(anyConfig, rowsCase, (config, rows) => compareRowsWithDense(config, rows, apply));
    fc.assert(property, { seed: 21, numRuns: 100 });
  });
});

type AnyConfig = typeof anyConfig extends fc.Arbitrary<infer T> ? T : never;

/** Three updates of a table and a bias, of the table's rows each time others. */
function compareRowsWithDense(
  { optimizer, clipNorm, clipValue, ...group }: AnyConfig,
  { table, share, seed }: { table: [number, number]; share: number; seed: number },
  apply?: (update: Update) => number,
): void {
  const key = randomKey(seed);
  const random = (name: string, shape: number[]) =>
    tf.tensor(normal(deriveKey(key, name), tf.util.sizeFromShape(shape)), shape);
  tf.tidy(() => {
    const regularization = [{ match: '*', ...group }];
    const config = parseConfig(trainingConfigSchema, { optimizer, clipNorm, clipValue, regularization });
    const run = (form: 'rows' | 'dense') => {
      const variables = { table: tf.variable(random('table', table)), bias: tf.variable(random('bias', [3])) };
      const made = createOptimizer(variables, config, apply);
      const norms = [1, 2, 3].map((step) => {
        const used = Array.from(uniform(deriveKey(key, step), table[0]), (u, row) => (u < share ? [row] : [])).flat();
        const rows = tf.tensor1d(used, 'int32');
        const values = random(`values${step}`, [used.length, table[1]]) as tf.Tensor2D;
        const gradient = form === 'rows' ? { rows, values } : denseGradient({ rows, values }, table);
        const gradients = [gradient, random(`bias${step}`, [3])];
        return made.apply(gradients, { step, learningRate: 0.1, gradientScale: 0.7 }).gradientNorm;
      });
      return [...Object.values(variables), ...Object.values(made.slots), tf.tensor1d(norms)];
    };
    const dense = run('dense');
    run('rows').forEach((actual, i) => expectClose(actual, dense[i]!, tolerances.forward));
  });
}

/** Three updates by both twins from the same start. */
function compareTwins({ optimizer, clipNorm, clipValue, ...group }: AnyConfig, shapes: number[][], seed: number): void {
  const random = (name: string, shape: number[]) =>
    tf.tensor(normal(deriveKey(randomKey(seed), name), tf.util.sizeFromShape(shape)), shape);
  tf.tidy(() => {
    const config = parseConfig(trainingConfigSchema, {
      optimizer,
      clipNorm,
      clipValue,
      regularization: [{ match: '*', ...group }],
    });
    const twin = (apply?: (update: Update) => number) => {
      const parameters = shapes.map((shape, i) => [`p${i}`, tf.variable(random(`p${i}`, shape))] as const);
      const made = createOptimizer(Object.fromEntries(parameters), config, apply);
      const norms = [1, 2, 3].map((step) => {
        const gradients = shapes.map((shape, i) => random(`g${i}.${step}`, shape));
        return made.apply(gradients, { step, learningRate: 0.1, gradientScale: 0.7 }).gradientNorm;
      });
      return [...parameters.map(([, variable]) => variable), ...Object.values(made.slots), tf.tensor1d(norms)];
    };
    const before = pathCounts(OptimizerStep).fused;
    const fused = twin();
    expect(pathCounts(OptimizerStep).fused - before).toBe(3);
    twin(applyReadable).forEach((expected, i) => expectClose(fused[i]!, expected, tolerances.backward));
  });
}
