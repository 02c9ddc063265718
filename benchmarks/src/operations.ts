import { meanTokens } from './lengths.js';
import type { TrainingShape, TranslatorShape } from './models.js';

/** Positions that one training step computes: padding is not counted. */
export function tokensPerStep(shape: TrainingShape): number {
  return shape.task === 'language-model' ? shape.timeSteps * shape.batchSize : meanTokens(shape);
}

/**
 * Floating-point operations in the matrix products of one training step.
 *
 *   forward = 2·N·(Σ over layers and directions of (I + H)·G·H  +  D·H·V)      step = 3 · forward
 *
 * Of a translator the forward products are those of `translatorProducts`, but for the scores and contexts of its attention.
 *
 * N real positions; I the width of the layer's input; G gates, 4 of an LSTM, 3 of a GRU, 1 of a simple cell; D directions; V outputs.
 * A product costs the backward pass two of its size: the gradient of its input and that of its weights. The rest
 * (gates, softmax, clipping, update) is not counted, so a share of the products' ceiling is an underestimate.
 */
export function operationsPerStep(shape: TrainingShape): number {
  if (shape.task === 'translator') return 3 * 2 * tokensPerStep(shape) * translatorProducts(shape);
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

/**
 * Multiplications for one word read and one word written: both directions of the encoder, the keys of the attention, its
 * query, the decoder's step over embedding, context and state, the layer before the output, and the output.
 */
function translatorProducts({ vocabularySize, embeddingSize, hiddenSize }: TranslatorShape): number {
  const context = 2 * hiddenSize;
  const encoder = 2 * (embeddingSize + hiddenSize) * 3 * hiddenSize;
  const attention = context * hiddenSize + hiddenSize * hiddenSize;
  const decoder = (embeddingSize + context + hiddenSize) * 3 * hiddenSize;
  const output = (hiddenSize + context + embeddingSize) * embeddingSize + embeddingSize * vocabularySize;
  return encoder + attention + decoder + output;
}
