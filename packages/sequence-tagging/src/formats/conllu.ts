import { DataError } from '@unroll/core';
import { chooseColumns } from './columns.js';
import { readColumnFile } from './column-file.js';
import { defaultNames, emptyFile, type OpenFormat } from './format.js';
import { holdsSentence, isBlank, withoutEnd, type LineFile } from './lines.js';

/** The ten columns of CoNLL-U. */
export const conlluColumns = [
  'ID',
  'FORM',
  'LEMMA',
  'UPOS',
  'XPOS',
  'FEATS',
  'HEAD',
  'DEPREL',
  'DEPS',
  'MISC',
] as const;

const misc = 9;
/** columns that a tagger can fill where they are empty */
const fillable: readonly string[] = ['LEMMA', 'UPOS', 'XPOS', 'FEATS', 'DEPREL'];

/**
 * CoNLL-U: ten columns apart by tabs, comments, multiword tokens (`3-4`) and empty nodes (`5.1`), which are written back as they
 * stand and are no tokens. What is added stays CoNLL-U: a column called LEMMA, UPOS, XPOS, FEATS or DEPREL fills that one where
 * it is `_` in all the file's first sentences; everything else becomes `Name=value` in MISC, with `\p` for `|`, `\s` for a space.
 *
 * @see https://universaldependencies.org/format.html
 */
export const openConllu: OpenFormat = async (file, data, options) => {
  const rows = await firstRows(file);
  const table = { name: file.name, width: conlluColumns.length, names: conlluColumns };
  const empty = conlluColumns.map((_, place) => rows.every((cells) => (cells[place] ?? '_') === '_'));
  const chosen = chooseColumns(table, { data, options, defaults: { token: 1, tags: [3] } });
  const withoutTags = options.tagsOptional === true && chosen.places.tags.every((place) => empty[place]);
  const places = withoutTags ? { ...chosen.places, tags: [] } : chosen.places;
  const reader = readColumnFile(file, {
    table,
    places,
    split: (text) => text.split('\t'),
    kindOf: (text, tokens, line) => kindOf(text, { tokens, line, file: file.name }),
    append: (text, cells, names) => append(text, { cells, names, empty }),
    skip: 0,
  });
  const { columns } = chosen;
  return {
    name: file.name,
    format: 'conllu',
    columns,
    hasTags: places.tags.length > 0,
    header: () => '',
    ...reader,
  };
};

const isToken = (line: string) => /^\d+\t/.test(line);

/** Cells of the first sentences. */
async function firstRows(file: LineFile): Promise<readonly (readonly string[])[]> {
  const lines = await file.head((head) => holdsSentence(head.filter((line) => !line.startsWith('#'))));
  if (lines.every((line) => isBlank(line) || line.startsWith('#'))) throw emptyFile(file.name);
  return lines.filter(isToken).map((line) => withoutEnd(line).split('\t'));
}

interface Place {
  /** of the sentence, before this line */
  readonly tokens: number;
  readonly line: number;
  readonly file: string;
}

function kindOf(text: string, { tokens, line, file }: Place): 'token' | 'inside' {
  if (text.startsWith('#')) return 'inside';
  const end = text.indexOf('\t');
  const id = end < 0 ? text : text.slice(0, end);
  if (id === String(tokens + 1)) return 'token';
  if (/^\d+[-.]\d+$/.test(id)) return 'inside';
  const problem = /^\d+$/.test(id)
    ? `has the ID ${id} where ${tokens + 1} is expected; is an empty line missing between two sentences?`
    : end < 0
      ? 'has no tab; CoNLL-U has ten columns apart by tabs (data.format conll reads columns apart by white space)'
      : `has the ID ${JSON.stringify(id)}; expected a number, a range 3-4 or an empty node 5.1`;
  throw new DataError('data/conllu', `${file}: line ${line} ${problem}`);
}

interface Added {
  readonly cells: readonly string[];
  readonly names: readonly string[];
  readonly empty: readonly boolean[];
}

function append(text: string, { cells, names, empty }: Added): string {
  const row = text.split('\t');
  const all = cells.map((cell, index) => [names[index] ?? defaultNames(cells)[index]!, cell] as const);
  for (const [name, cell] of all) {
    const place = fillable.includes(name) ? conlluColumns.findIndex((column) => column === name) : misc;
    if (place !== misc && empty[place]) row[place] = cell === '' ? '_' : cell.replace(/[\t\r\n]/g, ' ');
    else row[misc] = [...(row[misc] === '_' ? [] : [row[misc]!]), `${escaped(name)}=${escaped(cell)}`].join('|');
  }
  return row.join('\t');
}

/** As values of MISC are written. */
function escaped(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\p')
    .replaceAll(' ', '\\s')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n');
}
