import { forbiddenScore, Vocabulary } from '@unroll/core';
import { expectClose } from '@unroll/core/testing';
import { allowedTransitions, spansOf, type SchemeName } from '@unroll/sequence-tagging';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { decodeChain } from '../src/heads/chain.js';
import { tidyNumbers } from '../src/heads/tidy-numbers.js';

const tagSets: Readonly<Record<Exclude<SchemeName, 'none'>, readonly string[]>> = {
  iob1: ['O', 'I-X', 'B-X', 'I-Y', 'B-Y'],
  iob2: ['B-X', 'O', 'I-X', 'I-Y', 'B-Y'],
  ioe1: ['I-X', 'E-X', 'O', 'I-Y'],
  ioe2: ['O', 'E-X', 'I-X', 'E-Y', 'I-Y'],
  iobes: ['O', 'B-X', 'I-X', 'E-X', 'S-X'],
  bilou: ['U-X', 'B-X', 'I-X', 'L-X', 'O'],
};

/** Irregular numbers in ±2.5. */
function numbers(count: number, seed: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => Math.fround(2.5 * Math.sin(12.9898 * (i + 1) + 78.233 * seed)));
}

function problem(scheme: Exclude<SchemeName, 'none'>, constrained: boolean, seed: number) {
  const tags = tagSets[scheme];
  const size = tags.length;
  const allowed = allowedTransitions(tags, scheme);
  const score = (values: Float64Array, marks: Uint8Array) =>
    values.map((value, i) => (constrained && marks[i] === 0 ? forbiddenScore : value));
  return {
    tags,
    size,
    lengths: [4, 1, 0, 3],
    emissions: numbers(4 * 4 * size, seed),
    transitions: score(numbers(size * size, seed + 1), allowed.pairs),
    start: score(numbers(size, seed + 2), allowed.start),
    end: score(numbers(size, seed + 3), allowed.end),
  };
}

type Problem = ReturnType<typeof problem>;

/** Every row of tags of one sentence with its probability, likeliest first. */
function rowsOf({ size, lengths, emissions, transitions, start, end }: Problem, b: number) {
  const length = lengths[b]!;
  const rows = Array.from({ length: size ** length }, (_, code) => {
    const ids = Array.from({ length }, (_, t) => Math.floor(code / size ** t) % size);
    let score = length === 0 ? 0 : start[ids[0]!]! + end[ids.at(-1)!]!;
    ids.forEach((id, t) => {
      score += emissions[(t * lengths.length + b) * size + id]!;
      if (t > 0) score += transitions[ids[t - 1]! * size + id]!;
    });
    return { ids, probability: Math.exp(score) };
  });
  const total = rows.reduce((sum, { probability }) => sum + probability, 0);
  return rows
    .map(({ ids, probability }) => ({ ids, probability: probability / total }))
    .sort((a, b) => b.probability - a.probability);
}

const close = { rtol: 2e-5, atol: 2e-6 };

function expectNumbers(actual: ArrayLike<number>, expected: ArrayLike<number>, name: string): void {
  const wrap = (values: ArrayLike<number>) => ({ shape: [values.length], values });
  expectClose(wrap(actual), wrap(expected), { ...close, name });
}

function decode(
  { tags, size, lengths, emissions, transitions, start, end }: Problem,
  scheme: SchemeName,
  nBest: number,
) {
  return tidyNumbers(() => {
    const scores = {
      emissions: tf.tensor3d(Float32Array.from(emissions), [4, lengths.length, size]),
      transitions: tf.tensor2d(Float32Array.from(transitions), [size, size]),
      start: tf.tensor1d(Float32Array.from(start)),
      end: tf.tensor1d(Float32Array.from(end)),
    };
    const column = { tags: new Vocabulary(tags), trainedScheme: scheme };
    return decodeChain(scores, { lengths: Int32Array.from(lengths), column, probabilities: true, nBest });
  });
}

const cases = Object.keys(tagSets).flatMap((scheme) =>
  [true, false].map((constrained) => [scheme as Exclude<SchemeName, 'none'>, constrained] as const),
);

test.each(cases)(
  '%s, constrained: %s: tags, marginals, spans and the best rows are those of all rows',
  (scheme, constrained) => {
    for (let seed = 0; seed < 2; seed++) {
      const made = problem(scheme, constrained, seed);
      const nBest = 5;
      decode(made, scheme, nBest).forEach((found, b) => {
        const rows = rowsOf(made, b);
        const length = made.lengths[b]!;
        const spans = rows.map(({ ids }) =>
          spansOf(
            ids.map((id) => made.tags[id]!),
            scheme,
          ),
        );
        expect(Array.from(found.ids)).toEqual(rows[0]!.ids);
        const likely = rows.filter(({ probability }) => probability > 0).slice(0, nBest);
        expect(found.alternatives!.map(({ ids }) => Array.from(ids))).toEqual(likely.map(({ ids }) => ids));
        expectNumbers(
          found.alternatives!.map((each) => each.probability),
          likely.map((each) => each.probability),
          'rows',
        );
        const marginals = new Float64Array(length * made.size);
        rows.forEach(({ ids, probability }) => ids.forEach((id, t) => (marginals[t * made.size + id]! += probability)));
        expectNumbers(found.marginals!, marginals, 'marginals');
        for (const type of ['X', 'Y']) {
          for (let start = 0; start < length; start++) {
            for (let end = start + 1; end <= length; end++) {
              const isIt = (span: (typeof spans)[number][number]) =>
                span.type === type && span.start === start && span.end === end;
              const expected = rows.reduce(
                (sum, { probability }, i) => sum + (spans[i]!.some(isIt) ? probability : 0),
                0,
              );
              expectNumbers([found.spanProbability!({ type, start, end })], [expected], `${type} ${start} ${end}`);
            }
          }
        }
      });
    }
  },
);
