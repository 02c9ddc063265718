import type { TranslationEvaluation, WordErrors } from './result.js';

/** A sentence in words, for what is counted by word. */
export interface SentenceWords {
  readonly source?: readonly string[];
  /** the first of several */
  readonly reference: readonly string[];
  readonly hypothesis: readonly string[];
}

export function countTokens(tokens: Iterable<string>, counts = new Map<string, number>()): Map<string, number> {
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

/** Words that are missed and words that are added, those that are so most often first. */
export function wordErrors(
  sentences: readonly SentenceWords[],
  listed: number,
): Pick<TranslationEvaluation, 'missedWords' | 'addedWords'> {
  const [missed, added, right, written] = [0, 1, 2, 3].map(() => new Map<string, number>()) as [
    Map<string, number>,
    Map<string, number>,
    Map<string, number>,
    Map<string, number>,
  ];
  for (const { reference, hypothesis } of sentences) {
    const [inReference, inHypothesis] = [countTokens(reference), countTokens(hypothesis)];
    addSurplus(inReference, inHypothesis, missed);
    addSurplus(inHypothesis, inReference, added);
    countTokens(reference, right);
    countTokens(hypothesis, written);
  }
  return { missedWords: mostFrequent(missed, right, listed), addedWords: mostFrequent(added, written, listed) };
}

/** What `counts` has more than `others`. */
function addSurplus(
  counts: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, number>,
  surplus: Map<string, number>,
): void {
  for (const [word, count] of counts) {
    const more = count - (others.get(word) ?? 0);
    if (more > 0) surplus.set(word, (surplus.get(word) ?? 0) + more);
  }
}

function mostFrequent(
  errors: ReadonlyMap<string, number>,
  all: ReadonlyMap<string, number>,
  listed: number,
): readonly WordErrors[] {
  return [...errors]
    .map(([word, count]) => ({ word, count, of: all.get(word)! }))
    .sort((a, b) => b.count - a.count || a.of - b.of || (a.word < b.word ? -1 : 1))
    .slice(0, listed);
}
