import { meanTokens } from './lengths.js';
import type { TrainingShape } from './models.js';

/** Positions that one training step computes: padding is not counted. */
export function tokensPerStep(shape: TrainingShape): number {
  return shape.task === 'tagger' ? meanTokens(shape) : shape.timeSteps * shape.batchSize;
}

/**
 * Floating-point operations in the matrix products of one training step.
 *
 *   forward = 2·N·(Σ over layers and directions of (I + H)·G·H  +  D·H·V)      step = 3 · forward
 *
 * N real positions; I the width of the layer's input; G gates, 4 of an LSTM, 3 of a GRU, 1 of a simple cell; D directions; V outputs.
 * A product costs the backward pass two of its size: the gradient of its input and that of its weights. The rest
 * (gates, softmax, clipping, update) is not counted, so a share of the products' ceiling is an underestimate.
 */
export function operationsPerStep(shape: TrainingShape): number {
  const { embeddingSize, hiddenSize, layers } = shape;
  const tagger = shape.task === 'tagger';
  const gates = { lstm: 4, gru: 3, 'elman-tanh': 1 }[shape.cell ?? 'lstm'];
  const directions = tagger && shape.bidirectional ? 2 : 1;
  const outputs = tagger ? shape.tags : shape.vocabularySize;
  let perToken = directions * hiddenSize * outputs;
  for (let layer = 0; layer < layers; layer++) {
    const inputSize = layer === 0 ? embeddingSize : directions * hiddenSize;
    perToken += directions * (inputSize + hiddenSize) * gates * hiddenSize;
  }
  return 3 * 2 * tokensPerStep(shape) * perToken;
}
