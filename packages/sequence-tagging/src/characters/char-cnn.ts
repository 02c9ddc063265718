import { deriveKey, Linear, prefixParameters } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../config.js';
import type { BatchSpellings } from '../types.js';
import type { CharacterEncoder, CharacterEncoderOptions } from './character-encoder.js';
import { embedLetters, letterEmbedding } from './letters.js';
import { maxOverTime } from './max-over-time.js';

/**
 * What filters find anywhere in a word.
 *
 *   v = tanh(max over t of [e_{t−⌊(k−1)/2⌋} ; … ; e_{t+⌊k/2⌋}]·W + b)   over the letters t of the word, k the width
 *
 * Letters before the first and after the last are zeros. tanh rises, so it may follow the maximum. The windows are laid
 * side by side and multiplied at once: one matrix product instead of a convolution, which engines have only in plain JavaScript.
 *
 * Parameters: `embedding.table` `[characters, size]`, `filters.kernel` `[width·size, filters]`, `filters.bias`.
 *
 * @see dos Santos & Zadrozny 2014; Ma & Hovy 2016, section 2.1
 */
export function createCharacterCnn(
  options: CharacterEncoderOptions<Extract<ModelConfig['characters'], { kind: 'cnn' }>>,
): CharacterEncoder {
  const { config, dropoutRate, key } = options;
  const embedding = letterEmbedding(options);
  const filters = new Linear({
    inputSize: config.width * config.size,
    outputSize: config.filters,
    key: deriveKey(key, 'filters'),
  });
  return {
    parameters: {
      ...prefixParameters('embedding', embedding.parameters),
      ...prefixParameters('filters', filters.parameters),
    },
    outputSize: config.filters,
    apply: (spellings, batchKey) =>
      tf.tidy(() => {
        const real = letterMask(spellings);
        const letters = tf.mul(embedLetters(embedding, spellings, { rate: dropoutRate, key: batchKey }), real);
        const found = filters.apply(windows(letters as tf.Tensor3D, config.width)) as tf.Tensor3D;
        // Far below whatever a filter finds: padding is never the maximum of a word, which has a letter at least.
        const outside = tf.mul(tf.sub(1, real), -1e9);
        return tf.tanh(maxOverTime(tf.add(found, outside)));
      }),
  };
}

/** 1 for a letter, 0 for padding. @returns `[letter, spelling, 1]` */
function letterMask({ timeSteps, size, lengths }: BatchSpellings): tf.Tensor3D {
  const mask = new Float32Array(timeSteps * size);
  for (let t = 0, at = 0; t < timeSteps; t++) {
    for (let s = 0; s < size; s++) mask[at++] = t < lengths[s]! ? 1 : 0;
  }
  return tf.tensor3d(mask, [timeSteps, size, 1]);
}

/** The `width` letters around each, side by side, zeros outside. @returns `[letter, spelling, width·size]` */
function windows(letters: tf.Tensor3D, width: number): tf.Tensor3D {
  if (width === 1) return letters;
  const [time, spellings, size] = letters.shape;
  const before = Math.floor((width - 1) / 2);
  const padded = tf.pad(letters, [
    [before, width - 1 - before],
    [0, 0],
    [0, 0],
  ]);
  const shifted = Array.from({ length: width }, (_, k) => tf.slice(padded, [k, 0, 0], [time, spellings, size]));
  return tf.concat(shifted, 2);
}
