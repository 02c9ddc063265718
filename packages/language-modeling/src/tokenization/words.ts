import { countCodePoints, DataError, type TextSource } from '@unroll/core';
import { loadTokenizer, type Tokenizer } from '@unroll/text';
import type { TextConfig } from '../config.js';
import { endOfLineToken, type Codec, type TokenCounts } from './codec.js';
import { linesOf, type Line } from './lines.js';

/** More than any language has; a text with more is no text, and would fill the memory with keys. */
const maximumDistinctWords = 5_000_000;

type WordConfig = Pick<TextConfig, 'tokenizer' | 'lowercase' | 'endOfLine'>;

/**
 * Words of a line, and `<eos>` for every line break. Written text has one space between words, so that the white space
 * of the original is not kept.
 */
export function wordCodec(config: WordConfig): Codec {
  return {
    count: async (text) => countWords(text, config, await loadTokenizer(config.tokenizer)),
    encode: async (text, vocabulary, ids) => {
      const tokenizer = await loadTokenizer(config.tokenizer);
      let position = 0;
      for await (const words of wordsOf(text.pieces(), { ...config, name: text.name, tokenize: tokenizer })) {
        for (const word of words) ids[position++] = vocabulary.id(word);
      }
    },
    tokenize: async (text) => {
      const tokenizer = await loadTokenizer(config.tokenizer);
      const options = { ...config, name: 'the text', tokenize: tokenizer };
      const words: string[] = [];
      for await (const some of wordsOf([text], options)) words.push(...some);
      return words;
    },
    write: (token, previous) => {
      if (token === endOfLineToken && config.endOfLine) return '\n';
      const atStart = previous === undefined || (previous === endOfLineToken && config.endOfLine);
      return atStart ? token : ` ${token}`;
    },
  };
}

interface WordOptions extends WordConfig {
  /** for messages */
  readonly name: string;
  readonly tokenize: Tokenizer;
}

async function* wordsOf(
  pieces: AsyncIterable<string> | Iterable<string>,
  { name, tokenize, lowercase, endOfLine }: WordOptions,
): AsyncIterable<readonly string[]> {
  const words = ({ text, complete }: Line) => {
    const found = tokenize(lowercase ? text.toLowerCase() : text);
    return complete && endOfLine ? [...found, endOfLineToken] : found;
  };
  for await (const lines of linesOf(pieces, name)) yield lines.flatMap(words);
}

async function countWords(text: TextSource, config: WordConfig, tokenize: Tokenizer): Promise<TokenCounts> {
  const counts = new Map<string, { count: number }>();
  let tokens = 0;
  let characters = 0;
  async function* counted() {
    for await (const piece of text.pieces()) {
      characters += countCodePoints(piece);
      yield piece;
    }
  }
  for await (const words of wordsOf(counted(), { ...config, name: text.name, tokenize })) {
    tokens += words.length;
    for (const word of words) {
      const known = counts.get(word);
      if (known) known.count += 1;
      else counts.set(detach(word), { count: 1 });
    }
    if (counts.size > maximumDistinctWords) throw tooManyWords(text.name);
  }
  return { counts: new Map(Array.from(counts, ([word, { count }]) => [word, count])), tokens, characters };
}

/** A copy of its own: a part of a string keeps the whole piece of text alive that it was cut from. */
function detach(word: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(word));
}

function tooManyWords(name: string): DataError {
  const limit = maximumDistinctWords.toLocaleString('en');
  const message = `${name} has more than ${limit} different words; use text.unit=character`;
  return new DataError('data/too-many-words', message);
}
