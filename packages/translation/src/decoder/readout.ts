import {
  deriveKey,
  initializers,
  LayerNorm,
  Linear,
  prefixParameters,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../config.js';

export interface ReadoutParts {
  /** `[…, outputSize]` */
  readonly output: tf.Tensor;
  /** `[…, contextSize]` */
  readonly context?: tf.Tensor | undefined;
  /** of the last token, `[…, embeddingSize]` */
  readonly vectors: tf.Tensor;
}

/**
 * What the output layer reads of a step.
 *
 *   deep output   norm(tanh(s·W_s + c·W_c + y·W_y + b))      otherwise   norm([s ; c])
 *
 * Parameters of the deep output: `output.kernel` W_s and `output.bias` b, `context.kernel` W_c, `vectors.kernel` W_y; with `layerNorm`
 * also `norm.scale` and `norm.offset`.
 *
 * @see Pascanu et al. 2014; Bahdanau, Cho & Bengio 2015, whose layer is a maxout instead of a tanh
 */
export class Readout {
  readonly size: number;
  readonly parameters: Parameters;
  readonly #maps: Readonly<Record<keyof ReadoutParts, Linear | undefined>> | undefined;
  readonly #norm: LayerNorm | undefined;

  constructor(options: {
    readonly model: ModelConfig;
    readonly outputSize: number;
    readonly contextSize: number;
    readonly key: RandomKey;
  }) {
    const { model, outputSize, contextSize, key } = options;
    this.size = model.deepOutput ? model.embeddingSize : outputSize + contextSize;
    this.#maps = model.deepOutput ? createMaps(model, options) : undefined;
    this.#norm = model.layerNorm ? new LayerNorm({ size: this.size }) : undefined;
    const maps = Object.entries(this.#maps ?? {}).filter(([, map]) => map !== undefined);
    this.parameters = {
      ...(Object.assign({}, ...maps.map(([name, map]) => prefixParameters(name, map!.parameters))) as Parameters),
      ...(this.#norm && prefixParameters('norm', this.#norm.parameters)),
    };
    void key;
  }

  apply({ output, context, vectors }: ReadoutParts): tf.Tensor {
    const hidden = this.#maps
      ? this.#deep({ output, context, vectors })
      : context
        ? tf.concat([output, context], -1)
        : output;
    return this.#norm?.apply(hidden) ?? hidden;
  }

  #deep(parts: ReadoutParts): tf.Tensor {
    const terms = Object.entries(this.#maps!).flatMap(([name, map]) => {
      const part = parts[name as keyof ReadoutParts];
      return map && part ? [map.apply(part)] : [];
    });
    return tf.tanh(tf.addN(terms));
  }
}

function createMaps(
  { embeddingSize }: ModelConfig,
  {
    outputSize,
    contextSize,
    key,
  }: { readonly outputSize: number; readonly contextSize: number; readonly key: RandomKey },
) {
  const map = (name: string, inputSize: number) =>
    new Linear({
      inputSize,
      outputSize: embeddingSize,
      key: deriveKey(key, name),
      // one bias is enough for the sum
      biasInitializer: name === 'output' ? initializers.zeros : 'none',
    });
  return {
    output: map('output', outputSize),
    context: contextSize > 0 ? map('context', contextSize) : undefined,
    vectors: map('vectors', embeddingSize),
  };
}
