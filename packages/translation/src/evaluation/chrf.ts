import { ConfigError } from '@unroll/core';
import { ReferenceNgrams } from './reference-ngrams.js';
import type { TranslationMetric } from './translation-metric.js';
import { signatureOf } from './signature.js';
import { splitWords, withoutSpaces } from './text.js';

export interface ChrfOptions {
  /** 6 unless set */
  readonly characterOrder?: number | undefined;
  /** 0 unless set; 2 is chrF++ */
  readonly wordOrder?: number | undefined;
  /** recall counts so many times as much as precision; 2 unless set */
  readonly beta?: number | undefined;
  readonly lowercase?: boolean | undefined;
  /** spaces are characters, too; false unless set */
  readonly whitespace?: boolean | undefined;
  /** the mean of the F of all orders, an empty one 1e-16, as chrF++.py, NLTK and Moses do; false unless set */
  readonly epsilonSmoothing?: boolean | undefined;
}

/**
 * F of character n-grams, and with a word order of word n-grams, too, as sacreBLEU computes it.
 *
 *   P = mean of matched / hypothesis, R = mean of matched / reference     over orders that both have n-grams of
 *   chrF = 100 · (1 + β²) · P · R / (β² · P + R)
 *
 * Of several references the one with the best F of the sentence counts.
 *
 * @throws {ConfigError} `config/chrf` if no n-gram is counted
 * @see Popović 2015; Popović 2017
 */
export function createChrf(options: ChrfOptions = {}): TranslationMetric {
  const { characterOrder = 6, wordOrder = 0, beta = 2 } = options;
  const { lowercase = false, whitespace = false, epsilonSmoothing = false } = options;
  const orders = characterOrder + wordOrder;
  if (!Number.isInteger(characterOrder) || !Number.isInteger(wordOrder) || orders < 1) {
    const message = `characterOrder and wordOrder have to be whole numbers, one of them above 0, got ${characterOrder} and ${wordOrder}`;
    throw new ConfigError('config/chrf', message);
  }
  const f = (sums: ArrayLike<number>) => (epsilonSmoothing ? meanF(sums, orders, beta) : fOfMeans(sums, orders, beta));
  const unitsOf = (text: string): Units => {
    const cased = lowercase ? text.toLowerCase() : text;
    return {
      characters: characterOrder > 0 ? Array.from(whitespace ? cased : withoutSpaces(cased)) : [],
      words: wordOrder > 0 ? wordsAndMarks(cased) : [],
    };
  };
  const statisticsOfOne = (units: Units, reference: string) => {
    const right = unitsOf(reference);
    return Float64Array.from([
      ...tripletsOf(units.characters, right.characters, characterOrder),
      ...tripletsOf(units.words, right.words, wordOrder),
    ]);
  };
  return {
    name: `chrF${beta}${'+'.repeat(wordOrder)}`,
    better: 'higher',
    sums: [...sumNames('character', characterOrder), ...sumNames('word', wordOrder)],
    statistics(hypothesis, references) {
      const units = unitsOf(hypothesis);
      const [first, ...others] = references.map((reference) => statisticsOfOne(units, reference));
      return others.reduce((best, other) => (f(other) > f(best) ? other : best), first!);
    },
    score: (sums) => ({ score: f(sums) }),
    signature: (references) =>
      signatureOf(references, {
        case: lowercase ? 'lc' : 'mixed',
        eff: !epsilonSmoothing,
        nc: characterOrder,
        nw: wordOrder,
        space: whitespace,
      }),
  };
}

interface Units {
  readonly characters: readonly string[];
  readonly words: readonly string[];
}

function sumNames(unit: string, order: number): readonly string[] {
  return Array.from({ length: order }, (_, n) =>
    ['Hypothesis', 'Reference', 'Matched'].map((what) => `${unit}${what}${n + 1}`),
  ).flat();
}

/** Hypothesis, reference and matched of each order; what the reference is too short for is not held against anyone. */
function tripletsOf(hypothesis: readonly string[], reference: readonly string[], order: number): readonly number[] {
  if (order === 0) return [];
  const matched = new ReferenceNgrams(order, [reference]).matches(hypothesis);
  return Array.from(matched, (count, n) => {
    const inReference = Math.max(0, reference.length - n);
    return [inReference > 0 ? Math.max(0, hypothesis.length - n) : 0, inReference, count];
  }).flat();
}

const marks = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');

/** Words at white space; a mark at the end of a word, else one at its beginning, stands alone. */
function wordsAndMarks(text: string): readonly string[] {
  return splitWords(text).flatMap((word) => {
    if (marks.has(word.at(-1)!)) return word.length === 1 ? [word] : [word.slice(0, -1), word.at(-1)!];
    return marks.has(word[0]!) ? [word[0]!, word.slice(1)] : [word];
  });
}

function fOfMeans(sums: ArrayLike<number>, orders: number, beta: number): number {
  let [precision, recall, counted] = [0, 0, 0];
  for (let i = 0; i < 3 * orders; i += 3) {
    const [hypothesis, reference, matched] = [sums[i]!, sums[i + 1]!, sums[i + 2]!];
    if (hypothesis === 0 || reference === 0) continue;
    precision += matched / hypothesis;
    recall += matched / reference;
    counted++;
  }
  if (precision + recall === 0) return 0;
  precision /= counted;
  recall /= counted;
  return 100 * (((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall));
}

function meanF(sums: ArrayLike<number>, orders: number, beta: number): number {
  const epsilon = 1e-16;
  let sum = 0;
  for (let i = 0; i < 3 * orders; i += 3) {
    const [hypothesis, reference, matched] = [sums[i]!, sums[i + 1]!, sums[i + 2]!];
    const precision = hypothesis > 0 ? matched / hypothesis : epsilon;
    const recall = reference > 0 ? matched / reference : epsilon;
    const divisor = beta ** 2 * precision + recall;
    sum += divisor > 0 ? ((1 + beta ** 2) * precision * recall) / divisor : epsilon;
  }
  return (100 * sum) / orders;
}
