import type { Alive, Ended, Node } from './hypotheses.js';
import { pathOf } from './hypotheses.js';
import type { SearchOptions } from './search-options.js';
import { coverageScore, normalizedScore } from './scores.js';

/** A sentence to translate, as the search sees it. */
export interface SearchedSentence {
  /** tokens of the source, `</s>` among them */
  readonly sourceLength: number;
  /** tokens to write at most, `</s>` among them */
  readonly limit: number;
  /** ids that can be written: the vocabulary's, and words of the sentence's own */
  readonly tokenCount: number;
  /** ids that the translation begins with */
  readonly prefix: Int32Array;
}

/** What all sentences of a search share. */
export interface SearchSetting {
  readonly options: SearchOptions;
  readonly paddingId: number;
  readonly startId: number;
  readonly endId: number;
  /** attention is needed: to be told, or for scores */
  readonly keepsAttention: boolean;
}

/** Some tokens that may follow a hypothesis, most probable first. */
export interface Continuations {
  readonly ids: Int32Array;
  readonly logProbabilities: Float32Array;
}

/** One step of a sentence, by hypothesis: its place in `alive`. */
export interface SentenceStep {
  /** at least `wanted` of them, or all where a row has fewer */
  best(hypothesis: number): Continuations;
  /** `[tokens]`, log-probabilities by id */
  all(hypothesis: number): Float32Array;
  /** `[source time]` */
  attention(hypothesis: number): Float32Array | undefined;
}

/** The search for the translations of one sentence, whose rows `searchBatch` computes together with others. */
export interface SentenceSearch {
  /** empty when it is over */
  readonly alive: readonly Alive[];
  /** the most probable tokens of each hypothesis that the next step needs; 0 where it needs others */
  readonly wanted: number;
  expand(step: SentenceStep): void;
  /** best first, at least one */
  readonly results: readonly Ended[];
}

/** Where every search begins. */
export function startOf({ startId }: SearchSetting): Alive {
  return { node: { id: startId, tokenLogProbability: 0, logProbability: 0, length: 0 }, parent: 0 };
}

/**
 * Tokens that may not follow: `<pad>`, `<s>`, and what would write n tokens in a row twice where that is blocked. `<unk>` may:
 * it is what the model says, and `replaceUnknown` makes a word of it.
 */
export function forbiddenTokens(node: Node, { paddingId, startId, options }: SearchSetting): ReadonlySet<number> {
  return new Set([paddingId, startId, ...repeatedTokens(node, options.blockRepeats)]);
}

/** Ids that would end a row of n tokens which the hypothesis has already. */
function repeatedTokens(node: Node, n: number): readonly number[] {
  if (n === 0 || node.length < n) return [];
  const ids = pathOf(node).map(({ id }) => id);
  const last = ids.slice(ids.length - n + 1);
  const ends = ids.slice(n - 1);
  return ends.filter((_, start) => last.every((id, place) => ids[start + place] === id));
}

/** A node after another. @param attention - of the step, with padding */
export function extend(
  parent: Node,
  { id, logProbability }: { readonly id: number; readonly logProbability: number },
  attention: Float32Array | undefined,
): Node {
  return {
    parent,
    id,
    tokenLogProbability: logProbability,
    logProbability: parent.logProbability + logProbability,
    length: parent.length + 1,
    ...(attention && { attention }),
  };
}

/** The attention of a step over the real tokens of the source, if anybody needs it. */
export function keptAttention(
  step: SentenceStep,
  hypothesis: number,
  { setting, sentence }: { readonly setting: SearchSetting; readonly sentence: SearchedSentence },
): Float32Array | undefined {
  return setting.keepsAttention ? step.attention(hypothesis)?.slice(0, sentence.sourceLength) : undefined;
}

/** A hypothesis with what it is ordered by. */
export function end(node: Node, finished: boolean, options: SearchOptions): Ended {
  const normalized = normalizedScore(node.logProbability, Math.max(1, node.length), options);
  if (options.coveragePenalty === 0) return { node, finished, score: normalized };
  const attention = pathOf(node).flatMap((each) => each.attention ?? []);
  return { node, finished, score: normalized + coverageScore(attention, options.coveragePenalty) };
}
