import type { OptimizerRule } from '@unroll/core';
import type { TensorOps, Value } from '../tensor-ops.js';

/** What one update makes of one parameter and of its moments; the formulas are those of core's rules. */
export interface Updated {
  readonly weights: Value;
  readonly slots: readonly Value[];
}

interface UpdateContext {
  readonly learningRate: number;
  /** 1 for the first update */
  readonly step: number;
  readonly slots: readonly Value[];
}

export function applyRule(
  ops: TensorOps,
  rule: OptimizerRule,
  { weights, gradient, context }: { weights: Value; gradient: Value; context: UpdateContext },
): Updated {
  const { direction, slots } = directionOf(ops, rule, { gradient, ...context });
  return { weights: ops.subtract(weights, scaled(ops, direction, context.learningRate)), slots };
}

function directionOf(
  ops: TensorOps,
  rule: OptimizerRule,
  { gradient, step, slots }: UpdateContext & { readonly gradient: Value },
): { direction: Value; slots: readonly Value[] } {
  switch (rule.name) {
    case 'sgd':
      return { direction: gradient, slots: [] };
    case 'momentum': {
      const velocity = ops.add(scaled(ops, slots[0]!, rule.momentum), gradient);
      const ahead = rule.nesterov ? ops.add(gradient, scaled(ops, velocity, rule.momentum)) : velocity;
      return { direction: ahead, slots: [velocity] };
    }
    case 'rmsprop': {
      const square = average(ops, [slots[0]!, ops.run('Square', [gradient])], rule.decay);
      const unit = divide(ops, gradient, ops.add(ops.run('Sqrt', [square]), ops.scalar(rule.epsilon)));
      if (rule.momentum === 0) return { direction: unit, slots: [square] };
      const velocity = ops.add(scaled(ops, slots[1]!, rule.momentum), unit);
      return { direction: velocity, slots: [square, velocity] };
    }
    case 'adam': {
      const { beta1, beta2, epsilon } = rule;
      const mean = average(ops, [slots[0]!, gradient], beta1);
      const square = average(ops, [slots[1]!, ops.run('Square', [gradient])], beta2);
      const root = scaled(ops, ops.run('Sqrt', [square]), 1 / Math.sqrt(1 - beta2 ** step));
      const unit = divide(ops, mean, ops.add(root, ops.scalar(epsilon)));
      return { direction: scaled(ops, unit, 1 / (1 - beta1 ** step)), slots: [mean, square] };
    }
  }
}

/** ρ·old + (1 − ρ)·value */
function average(ops: TensorOps, [old, value]: readonly [Value, Value], decay: number): Value {
  return ops.add(scaled(ops, old, decay), scaled(ops, value, 1 - decay));
}

export function scaled(ops: TensorOps, value: Value, factor: number): Value {
  return factor === 1 ? value : ops.multiply(value, ops.scalar(factor));
}

function divide(ops: TensorOps, a: Value, b: Value): Value {
  return ops.run('RealDiv', [a, b]);
}
