import { ConfigError, DataError } from '@unroll/core';
import { loadTokenizer } from '@unroll/text';
import { cutIntoWindows } from '../restoration/windows.js';
import { readWords } from '../restoration/words.js';
import { restoreText } from '../restoration/restore.js';
import { restorationColumns } from '../restoration/tags.js';
import type { DataConfig } from '../config.js';
import type { RawSentence } from '../types.js';
import { tsvCell } from './tsv.js';
import { unknownColumn } from './columns.js';
import type { OpenFormat, OpenOptions, SentenceFile } from './format.js';
import { endOf, isBlank, withoutEnd, type LineFile } from './lines.js';

/**
 * Running text. A model that restores casing and punctuation reads its words in lower case, in windows that are cut by their number
 * alone, so that no border of a sentence is given away; written back they are text again. No window reaches over the end of a line, so the
 * lines of a paragraph that is broken by hand are better joined before. Any other model reads
 * each line as a sentence, cut by `data.tokenizer`; what is written is one token a line with its further columns, apart by tabs.
 */
export const openText: OpenFormat = async (file, data, options) => {
  if (data.features.length > 0) {
    throw new ConfigError('config/features', 'running text has no columns of features; leave data.features out');
  }
  const { modelColumns, tagsOptional } = options;
  if (!modelColumns || modelColumns.some(isRestored)) return openRunningText(file, modelColumns ?? data.tags, options);
  if (tagsOptional) return openPlainText(file, data, modelColumns);
  const message = `${file.name} is running text, which has no tags ${modelColumns.join(', ')}; is the format another one (data.format)?`;
  throw new DataError('data/no-tags', message);
};

const isRestored = (name: string) => restorationColumns.some((column) => column === name);

function openRunningText(file: LineFile, asked: readonly string[], { mixedSpellings = {} }: OpenOptions): SentenceFile {
  const tags = asked.length > 0 ? asked : restorationColumns;
  const unknown = tags.find((name) => !isRestored(name));
  if (unknown !== undefined) {
    throw unknownColumn({ name: file.name, width: tags.length, names: restorationColumns }, unknown, 'data.tags');
  }
  const spellings = new Map(Object.entries(mixedSpellings));
  let ending = '';
  async function* sentences(): AsyncGenerator<RawSentence> {
    let before = '';
    let number = 0;
    for await (const lines of file.lines()) {
      for (const line of lines) {
        number += 1;
        const words = isBlank(line) ? [] : readWords(withoutEnd(line));
        if (words.length === 0) before += line;
        const windows = cutIntoWindows(words);
        for (const [index, window] of windows.entries()) {
          const prefix = before;
          before = '';
          const after = index === windows.length - 1 ? endOf(line) : ' ';
          const tokens = window.map(({ token }) => token);
          yield {
            line: number,
            tokens,
            tags: tags.map((name) => window.map((word) => (name === 'casing' ? word.casing : word.punctuation))),
            features: [],
            written: window.map(({ written }) => written),
            write: (columns, names) => prefix + written(tokens, { columns, names: names ?? tags, spellings, after }),
          };
        }
      }
    }
    ending = before;
  }
  const columns = { token: 'word', tags, features: [] };
  return { name: file.name, format: 'text', columns, hasTags: true, header: () => '', sentences, ending: () => ending };
}

interface Written {
  readonly columns: readonly (readonly string[])[];
  readonly names: readonly string[];
  readonly spellings: ReadonlyMap<string, string>;
  readonly after: string;
}

/** Text, or a word a line where there are columns that text cannot show. */
function written(tokens: readonly string[], { columns, names, spellings, after }: Written): string {
  if (columns.some((_, index) => !isRestored(names[index] ?? ''))) return tokenLines(tokens, columns);
  const column = (name: string) => columns[names.indexOf(name)];
  return restoreText(tokens, { casing: column('casing'), punctuation: column('punctuation'), spellings }) + after;
}

async function openPlainText(file: LineFile, data: DataConfig, tags: readonly string[]): Promise<SentenceFile> {
  const tokenize = await loadTokenizer(data.tokenizer);
  async function* sentences(): AsyncGenerator<RawSentence> {
    let number = 0;
    for await (const lines of file.lines()) {
      for (const line of lines) {
        number += 1;
        const tokens = tokenize(withoutEnd(line));
        if (tokens.length === 0) continue;
        yield { line: number, tokens, features: [], write: (columns) => tokenLines(tokens, columns) };
      }
    }
  }
  const columns = { token: 'token', tags, features: [] };
  return { name: file.name, format: 'text', columns, hasTags: false, header: () => '', sentences, ending: () => '' };
}

/** One token a line with its cells, apart by tabs, which readers of CoNLL and TSV alike understand. */
function tokenLines(tokens: readonly string[], columns: readonly (readonly string[])[]): string {
  const lines = tokens.map((token, index) =>
    [token, ...columns.map((column) => column[index] ?? '_')].map(tsvCell).join('\t'),
  );
  return `${lines.join('\n')}\n\n`;
}
