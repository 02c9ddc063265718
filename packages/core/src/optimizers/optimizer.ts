import * as tf from '@tensorflow/tfjs-core';
import { hasKernel } from '../ops/has-kernel.js';
import { OptimizerStep, type OptimizerRule } from '../ops/kernel-names.js';
import { countPath } from '../ops/path-counts.js';
import type { Parameters } from '../tensors/parameters.js';
import { applyFused } from './fused.js';
import type { Gradient } from './gradient.js';
import type { OptimizerConfig, ParameterGroup } from './optimizer-config.js';
import { assignGroups } from './parameter-groups.js';
import { applyReadable } from './readable.js';
import type { OptimizedParameter, Update, UpdateOptions } from './update.js';

export interface OptimizerOptions {
  readonly optimizer: OptimizerConfig;
  readonly regularization: readonly ParameterGroup[];
  readonly clipNorm: number;
  readonly clipValue: number;
}

/** Changes variables in place from their gradients. */
export interface Optimizer {
  /** the moments it keeps, `<parameter>/<slot>`; their values may be assigned, as a resume does */
  readonly slots: Parameters;
  /**
   * One update. A parameter without gradient (`undefined`) stays as it is.
   *
   * @param gradients - one for each parameter in the order of the parameters' names as given; not disposed
   * @returns the global norm of the scaled gradients before clipping; if it is not finite, nothing was changed
   */
  apply(gradients: readonly (Gradient | undefined)[], options: UpdateOptions): { gradientNorm: number };
  /** Frees the slots, not the parameters. */
  dispose(): void;
}

/**
 * The optimizer of a run. The engine's fused `OptimizerStep` does the work where it is registered; otherwise the
 * readable formulas of this folder, which give the same numbers.
 *
 * The fused kernel writes into the variables' own memory, so every variable is first given memory of its own.
 *
 * @param applyUpdate - one of the two ways, where a test asks for it
 * @throws {ConfigError} `config/no-such-parameter` if a group matches no parameter
 */
export function createOptimizer(
  parameters: Parameters,
  options: OptimizerOptions,
  applyUpdate = applyFastest,
): Optimizer {
  const { optimizer, regularization, clipNorm, clipValue } = options;
  const rule = ruleOf(optimizer);
  const names = Object.keys(parameters);
  const settings = assignGroups(names, regularization, optimizer.name === 'adamw' ? optimizer.weightDecay : 0);
  const optimized = Object.entries(parameters).map(([name, variable], i): OptimizedParameter => {
    ownMemory(variable);
    const slots = slotNames(rule).map(() => tf.tidy(() => tf.variable(tf.zeros(variable.shape), false)));
    return { name, variable, slots, settings: settings[i]! };
  });
  return {
    slots: Object.fromEntries(
      optimized.flatMap(({ name, slots }) => slotNames(rule).map((slot, i) => [`${name}/${slot}`, slots[i]!])),
    ),
    apply(gradients, update) {
      const present = optimized.filter((_, i) => gradients[i] !== undefined);
      const gradientNorm = applyUpdate({
        ...update,
        parameters: present,
        gradients: gradients.filter((gradient) => gradient !== undefined),
        rule,
        clipNorm,
        clipValue,
      });
      return { gradientNorm };
    },
    dispose: () => optimized.forEach(({ slots }) => slots.forEach((slot) => slot.dispose())),
  };
}

function applyFastest(update: Update): number {
  const path = hasKernel(OptimizerStep) ? 'fused' : 'steps';
  countPath(OptimizerStep, path);
  return path === 'fused' ? applyFused(update) : applyReadable(update);
}

function ownMemory(variable: tf.Variable): void {
  tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(variable.dataSync()), variable.shape, 'float32')));
}

function ruleOf(optimizer: OptimizerConfig): OptimizerRule {
  switch (optimizer.name) {
    case 'sgd':
      return { name: 'sgd' };
    case 'momentum':
      return { name: 'momentum', momentum: optimizer.momentum, nesterov: optimizer.nesterov };
    case 'rmsprop': {
      const { decay, epsilon, momentum } = optimizer;
      return { name: 'rmsprop', decay, epsilon, momentum };
    }
    case 'adam':
    case 'adamw': {
      const { beta1, beta2, epsilon } = optimizer;
      return { name: 'adam', beta1, beta2, epsilon };
    }
  }
}

/** The moments that a rule keeps of every parameter, in the kernel's order. */
function slotNames(rule: OptimizerRule): readonly string[] {
  switch (rule.name) {
    case 'sgd':
      return [];
    case 'momentum':
      return ['velocity'];
    case 'rmsprop':
      return rule.momentum > 0 ? ['meanSquare', 'velocity'] : ['meanSquare'];
    case 'adam':
      return ['mean', 'meanSquare'];
  }
}
