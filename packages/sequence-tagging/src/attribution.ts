import { ConfigError } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { closest } from 'fastest-levenshtein';
import { inferenceBatches } from './batches.js';
import { tidyNumbers } from './heads/tidy-numbers.js';
import type { Batch, Sentence, TagHead, TaggingModel } from './types.js';

export interface AttributionOptions {
  /** number of the token, from 0 */
  readonly token: number;
  /** number of the column of tags, from 0; the first unless set */
  readonly column?: number | undefined;
  /** in the trained scheme, or a label; the one that the model gives unless set */
  readonly tag?: string | undefined;
}

/** What made a tag. */
export interface Attribution {
  readonly tag: string;
  /** what is attributed: the log-odds of the tag by its token's own scores, in nats */
  readonly logOdds: number;
  /** `[token]`: for the tag where positive, against it where negative */
  readonly words: Float64Array;
  /** the same by what is known of the words, `words` being their sum: `words`, `characters`, `casing` and so on */
  readonly parts: readonly { readonly name: string; readonly words: Float64Array }[];
  /** `[token]`: |words| as shares of their sum; all 0 where nothing has an effect */
  readonly shares: Float64Array;
}

/**
 * Which words made a tag: gradient × input.
 *
 *   s = z_k − ln Σ_{j ≠ k} exp(z_j)     a_w = Σ_f x_{w,f} · ∂s/∂x_{w,f}
 *
 * for the emissions z of the token, its tag k (of several labels s = z_k), and the input vector x_w of word w. s is the
 * log-odds of the tag by the token's own scores: unlike its probability, it does not level off where the model is sure.
 * The transitions of a CRF have no part in it.
 *
 * @throws {ConfigError} `config/attribution` for a token, column or tag that is not there
 *
 * @see Shrikumar, Greenside & Kundaje 2017 (gradient × input); Denil, Demiraj & de Freitas 2014
 */
export function attribute(model: TaggingModel, sentence: Sentence, options: AttributionOptions): Attribution {
  const { token, column = 0 } = options;
  const head = model.heads[column];
  if (!head) throw outOfRange('column of tags', column, model.heads.length);
  if (!(token >= 0 && token < sentence.tokens.length)) throw outOfRange('token', token, sentence.tokens.length);
  const [first] = inferenceBatches([sentence], model.facts, model.config);
  const { batch } = first!;
  const tag = options.tag === undefined ? undefined : tagId(head, options.tag);
  return tidyNumbers(() => {
    const vectors = model.embed(batch);
    const k = tag ?? givenTag(model, head, { vectors, batch, token });
    const logOdds = (x: tf.Tensor) => tagLogOdds(head, model.encode(x as tf.Tensor3D, batch), { token, tag: k });
    const { value, grad } = tf.valueAndGrad(logOdds)(vectors);
    const products = tf.mul(vectors, grad).dataSync<'float32'>();
    return { tag: head.column.tags.token(k), logOdds: value.dataSync()[0]!, ...sumsOf(products, model, batch) };
  });
}

function tagId({ column }: TagHead, tag: string): number {
  const { tags } = column;
  if (tags.has(tag)) return tags.tokens.indexOf(tag);
  const message = `column ${JSON.stringify(column.name)} has no tag ${JSON.stringify(tag)}; did you mean ${closest(tag, tags.tokens)}?`;
  throw new ConfigError('config/attribution', message);
}

function outOfRange(what: string, got: number, count: number): ConfigError {
  return new ConfigError('config/attribution', `there is no ${what} ${got}; they are 0 … ${count - 1}`);
}

/** The tag that decoding gives the token; of several labels the likeliest. */
function givenTag(
  model: TaggingModel,
  head: TagHead,
  { vectors, batch, token }: { readonly vectors: tf.Tensor3D; readonly batch: Batch; readonly token: number },
): number {
  const hidden = model.encode(vectors, batch);
  if (!head.column.multiLabel) return head.decode(hidden, batch)[0]!.ids[token]!;
  return tf.argMax(scoresOf(head, hidden, token)).dataSync()[0]!;
}

/** @returns `[tag]` */
function scoresOf(head: TagHead, hidden: tf.Tensor3D, token: number): tf.Tensor1D {
  return tf.reshape(tf.slice(head.emissions(hidden), [token, 0, 0], [1, 1, -1]), [-1]);
}

function tagLogOdds(
  head: TagHead,
  hidden: tf.Tensor3D,
  { token, tag }: { readonly token: number; readonly tag: number },
): tf.Scalar {
  const { multiLabel, tags } = head.column;
  const scores = scoresOf(head, hidden, token);
  const own: tf.Scalar = tf.squeeze(tf.slice(scores, tag, 1));
  if (multiLabel || tags.size === 1) return own;
  const others = tf.concat([tf.slice(scores, 0, tag), tf.slice(scores, tag + 1)]);
  return tf.sub(own, tf.logSumExp(others));
}

/** @param products - `[time, 1, inputSize]` */
function sumsOf(
  products: Float32Array,
  { inputParts }: TaggingModel,
  { timeSteps }: Batch,
): Pick<Attribution, 'words' | 'parts' | 'shares'> {
  const inputSize = products.length / timeSteps;
  let offset = 0;
  const parts = inputParts.map(({ name, size }) => {
    const first = offset;
    offset += size;
    const sumAt = (t: number) =>
      products.subarray(t * inputSize + first, t * inputSize + first + size).reduce((sum, value) => sum + value, 0);
    return { name, words: Float64Array.from({ length: timeSteps }, (_, t) => sumAt(t)) };
  });
  const words = Float64Array.from({ length: timeSteps }, (_, t) =>
    parts.reduce((sum, part) => sum + part.words[t]!, 0),
  );
  const total = words.reduce((sum, value) => sum + Math.abs(value), 0);
  return { words, parts, shares: words.map((value) => (total === 0 ? 0 : Math.abs(value) / total)) };
}
