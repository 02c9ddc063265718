import type { TranslationHabits } from './result.js';
import type { SentenceWords } from './word-errors.js';

/** as it stands in a text whose word the model did not know */
const unknownWord = '<unk>';
/** words of a repeated stretch */
const stretch = 3;

/** What translations do that references do not: too short, unknown words, loops. */
export function habitsOf(sentences: readonly SentenceWords[], lengthRatio: number): TranslationHabits {
  const hypotheses = sentences.map(({ hypothesis }) => hypothesis);
  const references = sentences.map(({ reference }) => reference);
  const sources = sentences.flatMap(({ source }) => (source ? [new Set(source)] : []));
  return {
    lengthRatio,
    empty: hypotheses.filter((words) => words.length === 0).length,
    unknownWords: shareOf(hypotheses, (word) => word === unknownWord),
    ...(sources.length > 0 && {
      copiedWords: {
        translations: shareOf(hypotheses, (word, i) => sources[i]!.has(word)),
        references: shareOf(references, (word, i) => sources[i]!.has(word)),
      },
    }),
    repeats: { translations: repeatedShare(hypotheses), references: repeatedShare(references) },
  };
}

function shareOf(
  sentences: readonly (readonly string[])[],
  counts: (word: string, sentence: number) => boolean,
): number {
  let [part, whole] = [0, 0];
  sentences.forEach((words, i) => {
    whole += words.length;
    part += words.filter((word) => counts(word, i)).length;
  });
  return whole === 0 ? 0 : part / whole;
}

function repeatedShare(sentences: readonly (readonly string[])[]): number {
  let [repeated, all] = [0, 0];
  for (const words of sentences) {
    const seen = new Set<string>();
    for (let i = 0; i + stretch <= words.length; i++) seen.add(words.slice(i, i + stretch).join(' '));
    const count = Math.max(0, words.length - stretch + 1);
    all += count;
    repeated += count - seen.size;
  }
  return all === 0 ? 0 : repeated / all;
}
