import { deriveKey, LstmCell, prefixParameters, Stack } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../config.js';
import type { CharacterEncoder, CharacterEncoderOptions } from './character-encoder.js';
import { embedLetters, letterEmbedding } from './letters.js';

/**
 * What a bidirectional LSTM remembers of the letters of a word: its last hidden states in both directions, side by side.
 *
 *   v = [ forward h after the last letter ; backward h after the first letter ]
 *
 * Parameters: `embedding.table` `[characters, size]`, `layers.0.forward.…` and `layers.0.backward.…` of the cells.
 *
 * @see Lample, Ballesteros, Subramanian, Kawakami & Dyer 2016, section 4.1
 */
export function createCharacterLstm(
  options: CharacterEncoderOptions<Extract<ModelConfig['characters'], { kind: 'lstm' }>>,
): CharacterEncoder {
  const { config, dropoutRate, key } = options;
  const embedding = letterEmbedding(options);
  const stack = new Stack({
    inputSize: config.size,
    hiddenSize: config.hiddenSize,
    layers: 1,
    bidirectional: true,
    key: deriveKey(key, 'stack'),
    createCell: (cellOptions) => new LstmCell(cellOptions),
  });
  return {
    parameters: { ...prefixParameters('embedding', embedding.parameters), ...stack.parameters },
    outputSize: stack.outputSize,
    apply: (spellings, batchKey) =>
      tf.tidy(() => {
        const letters = embedLetters(embedding, spellings, { rate: dropoutRate, key: batchKey });
        const lengths = tf.tensor1d(spellings.lengths, 'int32');
        const { forward, backward } = stack.applyTimeMajor(letters, { lengths }).finalState[0]!;
        return tf.concat([forward.h, backward!.h], 1);
      }),
  };
}
