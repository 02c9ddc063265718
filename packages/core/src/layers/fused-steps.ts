import * as tf from '@tensorflow/tfjs-core';
import type { Cell } from '../cells/cell.js';
import { ElmanCell } from '../cells/elman.js';
import { GruCell } from '../cells/gru.js';
import { LstmCell } from '../cells/lstm.js';
import { hasKernel } from '../ops/has-kernel.js';
import { StackStepper, type StackStepperAttributes, type StepLayerWeights } from '../ops/kernel-names.js';
import type { StepperParts, StepRunner } from './stepper-parts.js';

/** A stepper of the current engine; undefined where it has none, and for parts that its kernel does not know. */
export function fusedSteps(parts: StepperParts): StepRunner | undefined {
  const { batchSize, cells, embeddingNorm, outputNorm, head } = parts;
  const layers = cells.map(layerWeights);
  if (embeddingNorm || outputNorm || !layers.every((layer) => layer !== undefined)) return undefined;
  if (!hasKernel(StackStepper)) return undefined;
  const attributes: StackStepperAttributes = { batchSize, layers, input: inputOf(parts), head, result: {} };
  const kernel = tf.getKernel(StackStepper, tf.getBackend());
  kernel.kernelFunc({ inputs: {}, attrs: attributes as unknown as tf.NamedAttrMap, backend: tf.backend() });
  return attributes.result.stepper;
}

/** A cell of another class may step in a way of its own. */
function layerWeights(cell: Cell): StepLayerWeights | undefined {
  if (cell instanceof LstmCell) return { cell: 'lstm', ...cell.parameters };
  if (cell instanceof GruCell) return { cell: 'gru', ...cell.parameters };
  if (cell instanceof ElmanCell) return { cell: `elman-${cell.activation}`, ...cell.parameters };
  return undefined;
}

function inputOf({ embedding }: StepperParts): StackStepperAttributes['input'] {
  if (embedding === undefined) return { kind: 'vector' };
  return embedding === 'one-hot' ? { kind: 'one-hot' } : { kind: 'embedded', table: embedding.table };
}
