import { formatNumber } from '@unroll/core';
import type { SentenceSet } from '../tag-columns.js';
import { columnLabel, counted, percent, type Finding } from './finding.js';

/** Words of a file to evaluate on that training does not have, casing aside. */
export function unseenWords({ sentences }: SentenceSet, train: SentenceSet) {
  const known = new Set(train.sentences.flatMap(({ tokens }) => tokens.map((token) => token.toLowerCase())));
  let [tokens, unseen] = [0, 0];
  for (const sentence of sentences) {
    tokens += sentence.tokens.length;
    unseen += sentence.tokens.filter((token) => !known.has(token.toLowerCase())).length;
  }
  return { tokens, unseen };
}

/** half of the tokens are new: another language, another domain, another tokenisation */
const suspiciousShare = 0.5;

export function unseenWordFindings(set: SentenceSet, train: SentenceSet): readonly Finding[] {
  const { tokens, unseen } = unseenWords(set, train);
  if (tokens === 0 || unseen === 0) return [];
  const isSuspicious = unseen > suspiciousShare * tokens;
  const message = `${percent(unseen, tokens)} of the tokens (${counted(unseen, 'token')}) are words that ${train.name} does not have${isSuspicious ? '; is it the same language, and are words cut alike?' : ''}`;
  return [{ severity: isSuspicious ? 'warning' : 'note', code: 'words/unseen', file: set.name, message, places: [] }];
}

/** How far the tag follows from the word alone: what the most frequent tag of each word gets right, on training itself. */
export function ambiguityFindings(train: SentenceSet, column: number): readonly Finding[] {
  const words = new Map<string, Map<string, number>>();
  for (const { tokens, tags } of train.sentences) {
    tokens.forEach((token, t) => {
      const tag = tags?.[column]?.[t];
      if (tag === undefined) return;
      const counts = words.get(token) ?? new Map<string, number>();
      words.set(token, counts.set(tag, (counts.get(tag) ?? 0) + 1));
    });
  }
  let [tokens, ambiguous, best] = [0, 0, 0];
  const examples: { readonly word: string; readonly tags: ReadonlyMap<string, number>; readonly total: number }[] = [];
  for (const [word, tags] of words) {
    const counts = [...tags.values()];
    const total = counts.reduce((sum, count) => sum + count, 0);
    tokens += total;
    best += Math.max(...counts);
    if (tags.size === 1) continue;
    ambiguous += total;
    examples.push({ word, tags, total });
  }
  if (tokens === 0 || examples.length === 0) return [];
  const [top] = examples.sort((a, b) => doubt(b) - doubt(a));
  const shown = [...top!.tags]
    .sort(([, m], [, n]) => n - m)
    .slice(0, 3)
    .map(([tag, count]) => `${formatNumber(count)} ${tag}`)
    .join(', ');
  const message =
    `${columnLabel(train.columns.tags[column]!)}: ${percent(ambiguous, tokens)} of the tokens are words with several tags (${top!.word}: ${shown}); ` +
    `the most frequent tag of each word is right for ${percent(best, tokens)}`;
  return [{ severity: 'note', code: 'words/ambiguous', file: train.name, message, places: [] }];
}

/** tokens of a word whose tag is not its most frequent one */
function doubt({ tags, total }: { readonly tags: ReadonlyMap<string, number>; readonly total: number }): number {
  return total - Math.max(...tags.values());
}
