import type * as Natural from 'natural/lib/natural/tokenizers/index.js';
import type { TokenizerName } from './tokenizer-names.js';

/** The words of one line. */
export type Tokenizer = (line: string) => readonly string[];

/** A tokenizer of `natural` by our name for it. */
const factories: Readonly<Record<Exclude<TokenizerName, 'whitespace'>, (natural: typeof Natural) => Tokenizes>> = {
  word: (natural) => new natural.WordTokenizer(),
  'word-punctuation': (natural) => new natural.WordPunctTokenizer(),
  treebank: (natural) => new natural.TreebankWordTokenizer(),
  aggressive: (natural) => new natural.AggressiveTokenizer(),
  'aggressive-de': (natural) => new natural.AggressiveTokenizerDe(),
  'aggressive-es': (natural) => new natural.AggressiveTokenizerEs(),
  'aggressive-fa': (natural) => new natural.AggressiveTokenizerFa(),
  'aggressive-fr': (natural) => new natural.AggressiveTokenizerFr(),
  'aggressive-hi': (natural) => new natural.AggressiveTokenizerHi(),
  'aggressive-id': (natural) => new natural.AggressiveTokenizerId(),
  'aggressive-it': (natural) => new natural.AggressiveTokenizerIt(),
  'aggressive-nl': (natural) => new natural.AggressiveTokenizerNl(),
  'aggressive-no': (natural) => new natural.AggressiveTokenizerNo(),
  'aggressive-pl': (natural) => new natural.AggressiveTokenizerPl(),
  'aggressive-pt': (natural) => new natural.AggressiveTokenizerPt(),
  'aggressive-ru': (natural) => new natural.AggressiveTokenizerRu(),
  'aggressive-sv': (natural) => new natural.AggressiveTokenizerSv(),
  'aggressive-uk': (natural) => new natural.AggressiveTokenizerUk(),
  'aggressive-vi': (natural) => new natural.AggressiveTokenizerVi(),
  japanese: (natural) => new natural.TokenizerJa(),
};

interface Tokenizes {
  tokenize(text: string): string[] | null;
}

/** As `line.split(/\s+/)` without empty words, in half the time. */
function splitAtSpace(line: string): readonly string[] {
  const words: string[] = [];
  let start = -1;
  for (let i = 0; i < line.length; i++) {
    const space = isSpace(line.charCodeAt(i));
    if (space && start >= 0) words.push(line.slice(start, i));
    if (space) start = -1;
    else if (start < 0) start = i;
  }
  if (start >= 0) words.push(line.slice(start));
  return words;
}

function isSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  return /\s/.test(String.fromCharCode(unit));
}

/** `natural` is loaded when one of its tokenizers is asked for, and only this folder: its index opens database drivers. */
export async function loadTokenizer(name: TokenizerName): Promise<Tokenizer> {
  if (name === 'whitespace') return splitAtSpace;
  const { default: natural } = (await import('natural/lib/natural/tokenizers/index.js')) as unknown as {
    default: typeof Natural;
  };
  const tokenizer = factories[name](natural);
  return (line) => tokenizer.tokenize(line)?.filter((word) => word !== '') ?? [];
}
