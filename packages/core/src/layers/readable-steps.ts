import * as tf from '@tensorflow/tfjs-core';
import type { CellState } from '../cells/cell.js';
import { idCount, stateBlocks, type StepperParts, type StepRunner } from './stepper-parts.js';

/** The readable path of a stepper: each layer's own `step`, by TensorFlow.js' operations. What the fused one must equal. */
export function readableSteps(parts: StepperParts): StepRunner {
  const { batchSize, cells, inputSize, embeddingNorm, outputNorm, head } = parts;
  const blocks = stateBlocks(parts);
  return {
    run(input, state, output) {
      tf.tidy(() => {
        const vectors =
          input instanceof Int32Array ? embed(parts, input) : tf.tensor2d(input.slice(), [batchSize, inputSize]);
        let hidden = embeddingNorm?.apply(vectors) ?? vectors;
        for (const [layer, cell] of cells.entries()) {
          const own = blocks.filter((block) => block.layer === layer);
          const before = own.map(({ name, begin, end }) => [
            name,
            tf.tensor2d(state.slice(begin, end), [batchSize, cell.hiddenSize]),
          ]);
          const next = cell.step(hidden, Object.fromEntries(before) as CellState);
          for (const { name, begin } of own) state.set(next[name]!.dataSync<'float32'>(), begin);
          hidden = next.h;
        }
        if (!output) return;
        const normal = outputNorm?.apply(hidden) ?? hidden;
        output.set((head?.apply(normal) ?? normal).dataSync<'float32'>());
      });
    },
    dispose() {},
  };
}

function embed(parts: StepperParts, ids: Int32Array): tf.Tensor2D {
  const { embedding } = parts;
  const indices = tf.tensor1d(ids.slice(), 'int32');
  return embedding === undefined || embedding === 'one-hot'
    ? tf.cast(tf.oneHot(indices, idCount(parts)) as tf.Tensor2D, 'float32')
    : (embedding.apply(indices) as tf.Tensor2D);
}
