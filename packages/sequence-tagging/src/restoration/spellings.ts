import type { Sentence } from '../types.js';
import { casingTagOf } from './casing.js';

/**
 * How the words of mixed casing are written most often, by lower case, `mcdonald` → `McDonald`; `undefined` for sentences that are
 * not of running text.
 */
export function collectMixedSpellings(sentences: Iterable<Sentence>): Readonly<Record<string, string>> | undefined {
  const counts = new Map<string, Map<string, number>>();
  let isText = false;
  for (const { tokens, written = [] } of sentences) {
    isText ||= written.length > 0;
    for (const [index, spelling] of written.entries()) {
      const token = tokens[index]!;
      if (spelling === token || casingTagOf(spelling, token) !== 'MIXED') continue;
      const spellings = counts.get(token) ?? new Map<string, number>();
      counts.set(token, spellings.set(spelling, (spellings.get(spelling) ?? 0) + 1));
    }
  }
  return isText ? Object.fromEntries([...counts].map(([token, spellings]) => [token, usual(spellings)])) : undefined;
}

function usual(spellings: ReadonlyMap<string, number>): string {
  return [...spellings].toSorted(([, a], [, b]) => b - a)[0]![0];
}
