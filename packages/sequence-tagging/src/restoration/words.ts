import { casingTagOf } from './casing.js';
import type { CasingTag, PunctuationTag } from './tags.js';

/** One word of running text, and what was taken off it. */
export interface TextWord {
  /** in lower case, as a model reads it */
  readonly token: string;
  /** as the text has it */
  readonly written: string;
  readonly casing: CasingTag;
  /** the first mark behind it */
  readonly punctuation: PunctuationTag;
}

const dashes = /--+|[–—―]/u;
const marks: readonly (readonly [pattern: RegExp, tag: PunctuationTag])[] = [
  [/^(,|،|、)/u, 'COMMA'],
  [/^(\.|…|。)/u, 'PERIOD'],
  [/^(\?|؟|？)/u, 'QUESTION'],
  [/^(!|！)/u, 'EXCLAMATION'],
  [/^(;|；)/u, 'SEMICOLON'],
  [/^(:|：)/u, 'COLON'],
  [/^(--+|[–—―]|-$)/u, 'DASH'],
];

/** Punctuation that is a part of the word it stands at: 50%, #1, @home, R&D, §5, well-. */
const core = /[\p{L}\p{M}\p{N}\p{S}%#&@§_-]/u;

/** Words that keep their period, written like this. */
const abbreviations = new Set(
  (
    'Mr Mrs Ms Messrs Dr Prof Rev Hon Gen Col Capt Lt Sgt Maj Adm Gov Sen Rep Pres Jr Sr St Co Corp Inc Ltd Bros vs etc al ' +
    'Jan Feb Mar Apr Aug Sept Oct Nov Dec'
  ).split(' '),
);

/**
 * The words of a line of running text.
 *
 * A piece between white space is a word without the punctuation at both of its ends; what stands inside is kept: `1,000.50`,
 * `o'clock`, `well-known`. Signs and `% # & @ § -` at an end are a part of it. Dashes (`--`, `–`, `—`) part words also without
 * white space, but between two digits. A period belongs to the word in `U.S.`, `p.m.`, behind an initial (`J.`, but not `I.`), behind
 * a few English abbreviations (`Mr.`, `etc.`), and in `No.` before a digit; a sentence that ends with one has no mark there.
 * Of several marks between two words the first counts; quotes, brackets, apostrophes at the ends and all else are dropped.
 */
export function readWords(line: string): readonly TextWord[] {
  const words: TextWord[] = [];
  let between = '';
  const pieces = line.split(/\s+/u).flatMap(splitAtDashes).filter(Boolean);
  for (const [index, piece] of pieces.entries()) {
    const { before, word, after } = peel(piece, pieces[index + 1]);
    between += before;
    if (word === '') continue;
    mark(words, between);
    const token = word.toLowerCase();
    words.push({ token, written: word, casing: casingTagOf(word, token), punctuation: 'O' });
    between = after;
  }
  mark(words, between);
  return words;
}

/** Gives the last word the first mark of what stands behind it. */
function mark(words: TextWord[], between: string): void {
  const last = words.at(-1);
  if (!last) return;
  for (let start = 0; start < between.length; start++) {
    const rest = between.slice(start);
    const found = marks.find(([pattern]) => pattern.test(rest));
    if (!found) continue;
    words[words.length - 1] = { ...last, punctuation: found[1] };
    return;
  }
}

function splitAtDashes(piece: string): readonly string[] {
  if (!dashes.test(piece)) return [piece];
  return piece.split(/(--+|(?<!\p{N})[–—―]|[–—―](?!\p{N}))/u);
}

interface Peeled {
  readonly before: string;
  readonly word: string;
  readonly after: string;
}

function peel(piece: string, next: string | undefined): Peeled {
  const units = Array.from(piece);
  let start = 0;
  let end = units.length;
  while (start < end && !core.test(units[start]!)) start++;
  while (end > start && !core.test(units[end - 1]!)) end--;
  const word = units.slice(start, end).join('');
  if (/^-*$/.test(word)) return { before: piece, word: '', after: '' };
  const keeps = units[end] === '.' && keepsPeriod(word, next);
  return {
    before: units.slice(0, start).join(''),
    word: keeps ? `${word}.` : word,
    after: units.slice(keeps ? end + 1 : end).join(''),
  };
}

function keepsPeriod(word: string, next: string | undefined): boolean {
  if (word === 'No') return /^\p{N}/u.test(next ?? '');
  if (/^\p{Lu}$/u.test(word)) return word !== 'I';
  return abbreviations.has(word) || /^(\p{L}\.)+\p{L}$/u.test(word);
}
