import type { BleuOptions } from './bleu.js';
import type { FrequencyGroup } from './result.js';
import { metricTokens } from './tokenizers.js';
import { countTokens, type SentenceWords } from './word-errors.js';

/** the least count of each group */
const groups = [0, 1, 2, 5, 10, 100, 1000] as const;

/**
 * How often texts have each word, cut as BLEU cuts them: what `JudgeOptions.wordCount` asks for, of the target side of training.
 *
 * @returns 0 for a word that no text has
 */
export function countWords(
  texts: Iterable<string>,
  { tokenizer = '13a', lowercase = false }: Pick<BleuOptions, 'tokenizer' | 'lowercase'> = {},
): (word: string) => number {
  const counts = new Map<string, number>();
  for (const text of texts) countTokens(metricTokens(lowercase ? text.toLowerCase() : text, tokenizer), counts);
  return (word) => counts.get(word) ?? 0;
}

/**
 * Words by how often training has them: which of those in references were written, and which of those that were written are right.
 *
 *   matched = Σ over sentences and words of min(count in translation, count in reference)
 *   precision = matched / written     recall = matched / words     F1 = 2 matched / (written + words)
 *
 * @returns groups that have a word, the rarest first
 */
export function frequencyGroups(
  sentences: readonly SentenceWords[],
  wordCount: (word: string) => number,
): readonly FrequencyGroup[] {
  const sums = groups.map(() => ({ words: 0, written: 0, matched: 0 }));
  const sumOf = (word: string) => sums[groups.findLastIndex((least) => wordCount(word) >= least)]!;
  for (const { reference, hypothesis } of sentences) {
    const right = countTokens(reference);
    for (const [word, count] of right) sumOf(word).words += count;
    for (const [word, count] of countTokens(hypothesis)) {
      const sum = sumOf(word);
      sum.written += count;
      sum.matched += Math.min(count, right.get(word) ?? 0);
    }
  }
  return sums.flatMap(({ words, written, matched }, i) => {
    if (words + written === 0) return [];
    return {
      from: groups[i]!,
      to: (groups[i + 1] ?? Infinity) - 1,
      words,
      written,
      matched,
      precision: share(matched, written),
      recall: share(matched, words),
      f1: share(2 * matched, written + words),
    };
  });
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
