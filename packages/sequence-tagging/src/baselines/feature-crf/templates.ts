/** One fact about the word at `offset` from the token at hand. */
export interface TemplatePart {
  /** `word`, `lower`, `shape`, `prefix2`, `suffix3`, or `feature0`, the first column of features */
  readonly attribute: AttributeName;
  readonly offset: number;
}

export type AttributeName = 'word' | 'lower' | 'shape' | `prefix${number}` | `suffix${number}` | `feature${number}`;

/** What is looked at together: each combination of values that training shows often enough is a feature. */
export type Template = readonly TemplatePart[];

const affixLengths = [1, 2, 3, 4] as const;

/**
 * The templates of shallow parsing (Sha & Pereira 2003, table 1; those of CRFsuite's chunking example are among them): words and
 * feature columns up to two tokens away, pairs and triples of neighbours; besides, for words that training does not have, their
 * lower case, shape, prefixes and suffixes.
 *
 * @param featureColumns - how many columns of features a token has
 */
export function templatesFor(featureColumns: number): readonly Template[] {
  const word = windowOf('word', { pairs: [-1, 0] });
  const spelling = [
    ...[-1, 0, 1].map((offset): Template => [{ attribute: 'lower', offset }]),
    ...[-1, 0, 1].map((offset): Template => [{ attribute: 'shape', offset }]),
    ...affixLengths.map((length): Template => [{ attribute: `prefix${length}`, offset: 0 }]),
    ...affixLengths.map((length): Template => [{ attribute: `suffix${length}`, offset: 0 }]),
  ];
  const columns = Array.from({ length: featureColumns }, (_, column) => columnTemplates(`feature${column}`));
  return [...word, ...spelling, ...columns.flat()];
}

function columnTemplates(attribute: AttributeName): readonly Template[] {
  const triples = [-2, -1, 0].map((first): Template => [0, 1, 2].map((next) => ({ attribute, offset: first + next })));
  const withWord: Template = [
    { attribute: 'word', offset: 0 },
    { attribute, offset: 0 },
  ];
  return [...windowOf(attribute, { pairs: [-2, -1, 0, 1] }), ...triples, withWord];
}

/** One attribute of the tokens up to two away, and of pairs of neighbours of which the first is at the given offsets. */
function windowOf(attribute: AttributeName, { pairs }: { readonly pairs: readonly number[] }): readonly Template[] {
  const single = [-2, -1, 0, 1, 2].map((offset): Template => [{ attribute, offset }]);
  const double = pairs.map((first): Template => [
    { attribute, offset: first },
    { attribute, offset: first + 1 },
  ]);
  return [...single, ...double];
}

/** The value of an attribute that a word has by itself; columns of features are not among them. */
export function wordAttribute(attribute: AttributeName, word: string): string {
  if (attribute === 'word') return word;
  if (attribute === 'lower') return word.toLowerCase();
  if (attribute === 'shape') return wordShape(word);
  const length = Number(attribute.slice('prefix'.length));
  const letters = Array.from(word);
  // Of a shorter word the whole, marked as such: "is" is not a suffix of itself.
  if (letters.length <= length) return `^${word}$`;
  return attribute.startsWith('prefix') ? letters.slice(0, length).join('') : letters.slice(-length).join('');
}

/** Runs of capitals as X, of small letters as x, of digits as d; all else as it is: "McCartney-2" is "XxXx-d". */
export function wordShape(word: string): string {
  return word
    .replace(/\p{Lu}+/gu, 'X')
    .replace(/[\p{Ll}\p{Lo}]+/gu, 'x')
    .replace(/\p{Nd}+/gu, 'd');
}
