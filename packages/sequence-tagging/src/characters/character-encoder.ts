import type { Parameters, RandomKey } from '@unroll/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../config.js';
import type { BatchSpellings } from '../types.js';
import { createCharacterCnn } from './char-cnn.js';
import { createCharacterLstm } from './char-lstm.js';

/** Spellings to vectors. */
export interface CharacterEncoder {
  readonly parameters: Parameters;
  readonly outputSize: number;
  /**
   * @param key - of this batch's dropout; none when absent
   * @returns `[spelling, outputSize]`; the caller owns it
   */
  apply(spellings: BatchSpellings, key: RandomKey | undefined): tf.Tensor2D;
}

export interface CharacterEncoderOptions<Config extends ModelConfig['characters'] = ModelConfig['characters']> {
  readonly config: Config;
  /** of the letters */
  readonly vocabularySize: number;
  /** on the vectors of letters */
  readonly dropoutRate: number;
  readonly key: RandomKey;
}

/** What reads the letters of a word, or `undefined` where the model reads none. */
export function createCharacterEncoder({ config, ...options }: CharacterEncoderOptions): CharacterEncoder | undefined {
  switch (config.kind) {
    case 'none':
      return undefined;
    case 'cnn':
      return createCharacterCnn({ ...options, config });
    case 'lstm':
      return createCharacterLstm({ ...options, config });
  }
}
