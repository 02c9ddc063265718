import * as tf from '@tensorflow/tfjs-core';
import { OptimizerStep, type OptimizerStepAttributes, type ParameterUpdate } from '@unroll/core';
import { backendName } from '../kernel.js';
import { withOps, type TensorOps, type Value } from '../tensor-ops.js';
import type { TensorFlowBackend } from '../tfjs-node.js';
import { applyRule, scaled, type Updated } from './update-rules.js';

/**
 * All updates of one step, on ops of plain tensors: TensorFlow's own Apply ops need resource variables, which would copy every weight to
 * and fro. Nothing is replaced before everything is computed, so that a failure changes nothing.
 */
export function registerOptimizerStep(): void {
  tf.registerKernel({
    kernelName: OptimizerStep,
    backendName,
    kernelFunc: ({ attrs, backend }) => {
      withOps(backend as TensorFlowBackend, (ops) => update(ops, attrs as unknown as OptimizerStepAttributes));
      return [];
    },
  });
}

function update(ops: TensorOps, attributes: OptimizerStepAttributes): void {
  const { updates, gradientScale, clipNorm, result } = attributes;
  const gradients = updates.map(({ gradient }) => ops.input(gradient));
  const norm = gradientScale * globalNorm(ops, gradients);
  result.gradientNorm = norm;
  if (!Number.isFinite(norm)) return;
  const factor = clipNorm > 0 && norm > clipNorm ? (gradientScale * clipNorm) / norm : gradientScale;
  const updated = updates.map((each, i) => updateOne(ops, each, { attributes, gradient: gradients[i]!, factor }));
  updates.forEach(({ parameter, slots }, i) => {
    ops.replace(parameter, updated[i]!.weights);
    slots.forEach((slot, s) => ops.replace(slot, updated[i]!.slots[s]!));
  });
}

/** The rows of a gradient that are not there are zero, so they add nothing. */
function globalNorm(ops: TensorOps, gradients: readonly Value[]): number {
  if (gradients.length === 0) return 0;
  const halves = gradients.map((gradient) => ops.run('L2Loss', [gradient]));
  return Math.sqrt(2 * ops.read(ops.sum(ops.pack(halves), [0]))[0]!);
}

interface Clipping {
  readonly attributes: OptimizerStepAttributes;
  readonly gradient: Value;
  /** multiplies the gradient */
  readonly factor: number;
}

function updateOne(ops: TensorOps, settings: ParameterUpdate, { attributes, gradient, factor }: Clipping): Updated {
  const { rule, step, clipValue } = attributes;
  const weights = ops.input(settings.parameter);
  const learningRate = attributes.learningRate * settings.learningRateScale;
  const { rows, l1, l2, weightDecay, maxNorm } = settings;
  if (rule.name === 'sgd' && clipValue + l1 + l2 + weightDecay + maxNorm === 0) {
    const step = scaled(ops, gradient, factor * learningRate);
    const next = rows
      ? ops.run('TensorScatterSub', [weights, indicesOf(ops, rows), step])
      : ops.subtract(weights, step);
    return { weights: next, slots: [] };
  }
  const clip = (value: Value): Value =>
    clipValue > 0 ? ops.run('ClipByValue', [value, ops.scalar(-clipValue), ops.scalar(clipValue)]) : value;
  const clipped = clip(scaled(ops, gradient, factor));
  const dense = rows ? ops.run('ScatterNd', [indicesOf(ops, rows), clipped, ops.integers(weights.shape)]) : clipped;
  const slots = settings.slots.map((slot) => ops.input(slot));
  const { weights: next, slots: nextSlots } = applyRule(ops, rule, {
    weights: weightDecay > 0 ? scaled(ops, weights, 1 - learningRate * weightDecay) : weights,
    gradient: addPenalties(ops, { weights, gradient: dense }, settings),
    context: { learningRate, step, slots },
  });
  return { weights: maxNorm > 0 ? limitColumns(ops, next, maxNorm) : next, slots: nextSlots };
}

function indicesOf(ops: TensorOps, rows: tf.TensorInfo): Value {
  return ops.reshape(ops.input(rows), [rows.shape[0]!, 1]);
}

/** g + l1·sign(w) + l2·w */
function addPenalties(
  ops: TensorOps,
  { weights, gradient }: { readonly weights: Value; readonly gradient: Value },
  { l1, l2 }: ParameterUpdate,
): Value {
  const withL1 = l1 > 0 ? ops.add(gradient, scaled(ops, ops.run('Sign', [weights]), l1)) : gradient;
  return l2 > 0 ? ops.add(withL1, scaled(ops, weights, l2)) : withL1;
}

/** Columns whose norm exceeds `maxNorm` are scaled down to it. */
function limitColumns(ops: TensorOps, weights: Value, maxNorm: number): Value {
  const units = weights.shape.at(-1)!;
  const inputs = weights.shape.map((_, axis) => axis).slice(0, -1);
  const norms = ops.run('Sqrt', [ops.sum(ops.run('Square', [weights]), inputs)]);
  const limited = ops.run('Maximum', [norms, ops.scalar(maxNorm)]);
  const factors = scaled(ops, ops.run('Reciprocal', [limited]), maxNorm);
  return ops.multiply(weights, ops.reshape(factors, [units]));
}
