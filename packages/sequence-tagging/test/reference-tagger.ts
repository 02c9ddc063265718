import { lstmReference, referenceUnroll } from '@unroll/core/testing';
import type { Batch } from '@unroll/sequence-tagging';

type Arrays = Readonly<Record<string, Float64Array>>;

/**
 * A tagger in float64 plain arrays, written from the equations: words, letters by LSTM or convolution, casing, one
 * bidirectional LSTM layer, one head. Its CRF adds up all rows of tags one by one.
 */
export interface ReferenceTagger {
  readonly characters: 'none' | 'cnn' | 'lstm';
  readonly head: 'crf' | 'softmax' | 'multi-label';
  /** `[tag]`, of the loss */
  readonly weights?: readonly number[];
  /** `[tag · tag]`: pairs that never occur; none unless given */
  readonly forbidden?: ReadonlySet<number>;
  /** tags that no sentence begins with; none unless given */
  readonly firstForbidden?: readonly number[];
}

/** Rows of a table, one for each id. */
function rows(table: Float64Array, ids: ArrayLike<number>, count: number): Float64Array[] {
  const size = table.length / count;
  return Array.from(ids, (id) => table.slice(id * size, (id + 1) * size));
}

function flat(vectors: readonly Float64Array[]): Float64Array {
  return Float64Array.from(vectors.flatMap((vector) => [...vector]));
}

/** Both directions of an LSTM: outputs `[time, batch]` of vectors, and last states `[batch]` of both. */
function bidirectional(arrays: Arrays, prefix: string, sequence: { input: Float64Array; lengths: readonly number[] }) {
  const { input, lengths } = sequence;
  const hiddenSize = arrays[`${prefix}.forward.recurrentKernel`]!.length / arrays[`${prefix}.forward.bias`]!.length;
  const inputSize = arrays[`${prefix}.forward.inputKernel`]!.length / arrays[`${prefix}.forward.bias`]!.length;
  const timeSteps = input.length / (inputSize * lengths.length);
  const [forward, backward] = ['forward', 'backward'].map((direction) => {
    const zeros = new Float64Array(lengths.length * hiddenSize);
    const names = ['inputKernel', 'recurrentKernel', 'bias'];
    const own = Object.fromEntries(names.map((name) => [name, arrays[`${prefix}.${direction}.${name}`]!]));
    return referenceUnroll(lstmReference, {
      timeSteps,
      batchSize: lengths.length,
      arrays: { ...own, input, h: zeros, c: zeros },
      lengths,
      reverse: direction === 'backward',
    });
  });
  const joined = (a: Float64Array, b: Float64Array) =>
    Array.from({ length: a.length / hiddenSize }, (_, i) =>
      Float64Array.from([
        ...a.slice(i * hiddenSize, (i + 1) * hiddenSize),
        ...b.slice(i * hiddenSize, (i + 1) * hiddenSize),
      ]),
    );
  return { output: joined(forward!.output, backward!.output), last: joined(forward!.h, backward!.h) };
}

function affine(x: Float64Array, kernel: Float64Array, bias: Float64Array): Float64Array {
  return bias.map((b, column) => x.reduce((sum, value, row) => sum + value * kernel[row * bias.length + column]!, b));
}

/** Vectors of the spellings of a batch. */
function spellingVectors(
  arrays: Arrays,
  { spellings }: Batch,
  { kind, letters }: { kind: 'cnn' | 'lstm'; letters: number },
): Float64Array[] {
  const { size, lengths, characters } = spellings!;
  const vectors = rows(arrays['characters.embedding.table']!, characters, letters);
  if (kind === 'lstm') {
    const sequence = { input: flat(vectors), lengths: [...lengths] };
    return bidirectional(arrays, 'characters.layers.0', sequence).last;
  }
  const [kernel, bias] = [arrays['characters.filters.kernel']!, arrays['characters.filters.bias']!];
  const width = kernel.length / bias.length / vectors[0]!.length;
  const zeros = new Float64Array(vectors[0]!.length);
  return Array.from(lengths, (length, s) => {
    const at = (t: number) => (t >= 0 && t < length ? vectors[t * size + s]! : zeros);
    const found = Array.from({ length }, (_, t) => {
      const window = Array.from({ length: width }, (_, k) => at(t - Math.floor((width - 1) / 2) + k));
      return affine(flat(window), kernel, bias);
    });
    return bias.map((_, filter) => Math.tanh(Math.max(...found.map((values) => values[filter]!))));
  });
}

/** What is known of each token. @returns `[time, batch]` of vectors */
export function referenceVectors(
  arrays: Arrays,
  batch: Batch,
  {
    characters,
    counts,
  }: Pick<ReferenceTagger, 'characters'> & { counts: { words: number; letters: number; casing: number } },
): Float64Array[] {
  const words = rows(arrays['words.table']!, batch.words, counts.words);
  const casing = rows(arrays['casing.table']!, batch.casing!, counts.casing);
  const spellings =
    characters === 'none' ? undefined : spellingVectors(arrays, batch, { kind: characters, letters: counts.letters });
  return words.map((word, i) =>
    flat([word, ...(spellings ? [spellings[batch.spellings!.index[i]!]!] : []), casing[i]!]),
  );
}

/** The loss of a batch from the vectors of its tokens. */
export function referenceLoss(
  arrays: Arrays,
  vectors: readonly Float64Array[],
  { batch, tagger }: { readonly batch: Batch; readonly tagger: ReferenceTagger },
): number {
  const { lengths, batchSize } = batch;
  const { output } = bidirectional(arrays, 'layers.0', { input: flat(vectors), lengths: [...lengths] });
  let loss = 0;
  lengths.forEach((length, b) => {
    const scores = Array.from({ length }, (_, t) =>
      affine(output[t * batchSize + b]!, arrays['heads.0.kernel']!, arrays['heads.0.bias']!),
    );
    const size = scores[0]!.length;
    const width = tagger.head === 'multi-label' ? size : 1;
    const targets = scores.map((_, t) =>
      Array.from(batch.targets![0]!.slice((t * batchSize + b) * width, (t * batchSize + b + 1) * width)),
    );
    if (tagger.head === 'crf') loss -= crfLogLikelihood(arrays, scores, { tags: targets.flat(), ...tagger });
    else scores.forEach((row, t) => (loss += tokenLoss(row, targets[t]!, tagger)));
  });
  return loss;
}

function tokenLoss(scores: Float64Array, targets: readonly number[], { head, weights }: ReferenceTagger): number {
  const weight = (tag: number) => weights?.[tag] ?? 1;
  if (head === 'softmax') {
    const tag = targets[0]!;
    if (tag < 0) return 0;
    return -weight(tag) * (scores[tag]! - Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0)));
  }
  return targets.reduce((sum, there, label) => {
    const p = 1 / (1 + Math.exp(-scores[label]!));
    return sum - (there ? weight(label) * Math.log(p) : Math.log(1 - p));
  }, 0);
}

function crfLogLikelihood(
  arrays: Arrays,
  scores: readonly Float64Array[],
  { tags, forbidden, firstForbidden }: { tags: readonly number[] } & ReferenceTagger,
): number {
  const [transitions, start, end] = ['transitions', 'start', 'end'].map((name) => arrays[`heads.0.${name}`]!);
  const size = start!.length;
  let all = 0;
  let agreeing = 0;
  for (let code = 0; code < size ** scores.length; code++) {
    const row = scores.map((_, t) => Math.floor(code / size ** t) % size);
    if (firstForbidden?.includes(row[0]!)) continue;
    if (row.some((tag, t) => t > 0 && forbidden?.has(row[t - 1]! * size + tag))) continue;
    let score = start![row[0]!]! + end![row.at(-1)!]!;
    row.forEach((tag, t) => (score += scores[t]![tag]! + (t > 0 ? transitions![row[t - 1]! * size + tag]! : 0)));
    all += Math.exp(score);
    if (row.every((tag, t) => tags[t]! < 0 || tags[t] === tag)) agreeing += Math.exp(score);
  }
  return Math.log(agreeing / all);
}
