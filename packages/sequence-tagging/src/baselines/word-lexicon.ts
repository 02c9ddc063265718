import type { LabelledSentence } from './column-tagger.js';

export interface WordTag {
  readonly tag: string;
  /** its share of what was counted */
  readonly probability: number;
}

/** Which tag a word has most often in training. */
export interface WordLexicon {
  /** of a word that training does not have: `unknown` */
  lookUp(word: string): WordTag;
  readonly unknown: WordTag;
  /** words that training has once: the nearest it has to unknown ones */
  readonly once: ReadonlySet<string>;
}

/** How often each tag was there. */
type TagCounts = Map<string, number>;

/**
 * Of equally frequent tags of a word the one that is more frequent altogether. For unknown words, the most frequent tag of those
 * words that training has once; where there are none, of all.
 *
 * @param sentences - with at least one token
 */
export function createWordLexicon(sentences: readonly LabelledSentence[]): WordLexicon {
  const byWord = new Map<string, TagCounts>();
  const overall: TagCounts = new Map();
  for (const { tokens, tags } of sentences) {
    tokens.forEach((word, token) => {
      const tag = tags[token]!;
      let counts = byWord.get(word);
      if (!counts) byWord.set(word, (counts = new Map()));
      increase(counts, tag);
      increase(overall, tag);
    });
  }
  const onceTags: TagCounts = new Map();
  const once = new Set<string>();
  const words = new Map<string, WordTag>();
  for (const [word, counts] of byWord) {
    const best = mostFrequent(counts, overall);
    words.set(word, best);
    if (counts.size > 1 || counts.get(best.tag) !== 1) continue;
    once.add(word);
    increase(onceTags, best.tag);
  }
  const unknown = mostFrequent(once.size > 0 ? onceTags : overall, overall);
  return { lookUp: (word) => words.get(word) ?? unknown, unknown, once };
}

function increase(counts: TagCounts, tag: string): void {
  counts.set(tag, (counts.get(tag) ?? 0) + 1);
}

function mostFrequent(counts: TagCounts, overall: TagCounts): WordTag {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const ranked = [...counts].sort(
    ([a, countA], [b, countB]) => countB - countA || overall.get(b)! - overall.get(a)! || (a < b ? -1 : 1),
  );
  const [tag, count] = ranked[0]!;
  return { tag, probability: count / total };
}
