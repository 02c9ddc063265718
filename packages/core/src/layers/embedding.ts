import type * as tf from '@tensorflow/tfjs-core';
import { gatherRows } from '../ops/gather-rows.js';
import { uniform, type Initializer } from '../tensors/initializers.js';
import { createParameter, type Parameters } from '../tensors/parameters.js';
import { deriveKey, type RandomKey } from '../tensors/random.js';
import { assertType } from '../tensors/shapes.js';

export interface EmbeddingOptions {
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly key: RandomKey;
  /** uniform in ±0.1 unless set */
  readonly initializer?: Initializer | undefined;
}

/** Token ids to vectors: row `id` of the parameter `table` `[vocabularySize, embeddingSize]`. */
export class Embedding {
  readonly parameters: Parameters;
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly table: tf.Variable<tf.Rank.R2>;

  constructor({ vocabularySize, embeddingSize, key, initializer = uniform(0.1) }: EmbeddingOptions) {
    this.vocabularySize = vocabularySize;
    this.embeddingSize = embeddingSize;
    this.table = createParameter([vocabularySize, embeddingSize], initializer, deriveKey(key, 'table'));
    this.parameters = { table: this.table };
  }

  /**
   * @param ids - int32, any shape, each 0 … vocabularySize − 1 (not checked: ids come from a vocabulary)
   * @returns `[…, embeddingSize]`
   * @throws {ShapeError} `shape/type` for ids that are not int32
   */
  apply(ids: tf.Tensor): tf.Tensor {
    assertType('ids', ids, 'int32');
    return gatherRows(this.table, ids);
  }
}
