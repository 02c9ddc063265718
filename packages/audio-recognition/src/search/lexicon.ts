import { DataError, type Vocabulary } from '@unroll/core';
import type { DataConfig } from '../config.js';
import { transcriptSymbols } from '../transcripts.js';

/** Words that may be written, as a trie of symbols: node 0 is the beginning of a word. */
export interface Lexicon {
  /** words that the model has all symbols of */
  readonly words: number;
  /** those that it has not, and that are left out */
  readonly leftOut: readonly string[];
  /** the node after one more symbol of a word; −1 where no word goes on so */
  next(node: number, symbol: number): number;
  /** whether a word can end here */
  isWord(node: number): boolean;
}

/**
 * @param words - normalised as transcripts are; a line of several words is read as these
 * @throws {DataError} `data/lexicon` if the model can write none of them
 */
export function createLexicon(words: readonly string[], symbols: Vocabulary, unit: DataConfig['unit']): Lexicon {
  const leftOut: string[] = [];
  const rows: Int32Array[] = [];
  const seen = new Set<string>();
  for (const word of words.flatMap((line) => line.split(' '))) {
    if (word === '' || seen.has(word)) continue;
    seen.add(word);
    const written = transcriptSymbols(word, unit);
    if (written.every((symbol) => symbols.has(symbol)))
      rows.push(Int32Array.from(written, (symbol) => symbols.id(symbol)));
    else leftOut.push(word);
  }
  if (rows.length === 0) {
    const message = `the model can write none of the ${seen.size} words of the lexicon: it writes ${unit}s of its training transcripts`;
    throw new DataError('data/lexicon', message);
  }
  return { words: rows.length, leftOut, ...createTrie(rows) };
}

/** Children of a node are a list: the first one, then from each the next. Few symbols follow most prefixes of words. */
function createTrie(rows: readonly Int32Array[]): Pick<Lexicon, 'next' | 'isWord'> {
  const size = rows.reduce((sum, row) => sum + row.length, 1);
  const symbolOf = new Int32Array(size);
  const firstChild = new Int32Array(size).fill(-1);
  const sibling = new Int32Array(size).fill(-1);
  const isEnd = new Uint8Array(size);
  let nodes = 1;
  const next = (node: number, symbol: number) => {
    let child = firstChild[node]!;
    while (child >= 0 && symbolOf[child] !== symbol) child = sibling[child]!;
    return child;
  };
  for (const row of rows) {
    let node = 0;
    for (const symbol of row) {
      let child = next(node, symbol);
      if (child < 0) {
        child = nodes++;
        symbolOf[child] = symbol;
        sibling[child] = firstChild[node]!;
        firstChild[node] = child;
      }
      node = child;
    }
    isEnd[node] = 1;
  }
  return { next, isWord: (node) => isEnd[node] === 1 };
}
