import { casingOf } from './casing.js';
import type { Sentence } from '../types.js';

/** How the words of mixed casing are written most often, by lower case; of running text alone. */
export function collectMixedSpellings(sentences: Iterable<Sentence>): Readonly<Record<string, string>> {
  const counts = new Map<string, Map<string, number>>();
  for (const { tokens, written = [] } of sentences) {
    for (const [index, spelling] of written.entries()) {
      const token = tokens[index]!;
      if (spelling === token || casingOf(spelling, token) !== 'MIXED') continue;
      const spellings = counts.get(token) ?? new Map<string, number>();
      counts.set(token, spellings.set(spelling, (spellings.get(spelling) ?? 0) + 1));
    }
  }
  return Object.fromEntries([...counts].map(([token, spellings]) => [token, usual(spellings)]));
}

function usual(spellings: ReadonlyMap<string, number>): string {
  return [...spellings].toSorted(([, a], [, b]) => b - a)[0]![0];
}
