import type { Sentence, SentenceSet } from '../src/index.js';

/** `Ann/B-PER sings/O`: tokens and the tags of each column, apart by a slash. */
export function sentencesOf(...texts: readonly string[]): readonly Sentence[] {
  const columns = (texts[0] ?? '').split(' ')[0]!.split('/').length - 1;
  return texts.map((text, i) => {
    const rows = text === '' ? [] : text.split(' ').map((token) => token.split('/'));
    return {
      line: 1 + 10 * i,
      tokens: rows.map(([token]) => token!),
      tags: Array.from({ length: columns }, (_, c) => rows.map((row) => row[c + 1]!)),
      features: [],
    };
  });
}

export function setOf(name: string, sentences: readonly Sentence[], tags: readonly string[] = ['ner']): SentenceSet {
  return { name, columns: { tags, features: [] }, sentences };
}
