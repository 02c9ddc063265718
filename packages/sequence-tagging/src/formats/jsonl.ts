import { DataError } from '@unroll/core';
import type { DataConfig } from '../config.js';
import type { RawSentence } from '../types.js';
import { unknownColumn } from './columns.js';
import { defaultNames, emptyFile, type OpenFormat, type SentenceFile } from './format.js';
import { endOf, isBlank, withoutEnd, type LineFile } from './lines.js';

/**
 * A JSON object a line: `{"tokens": ["a", "b"], "tags": ["X", "Y"]}`, under any keys. Numbers are read as their digits; of several
 * labels a token, arrays are joined by `data.labelSeparator`. Further columns become further keys at the end of the object, called
 * `predicted_…` where there is one already; a column whose name ends with `probability` is written as numbers.
 */
export const openJsonLines: OpenFormat = async (file, data, { tagsOptional = false }) => {
  const first = await firstObject(file);
  const keys = {
    token: data.token === 'auto' ? 'tokens' : data.token,
    tags: data.tags.length > 0 ? data.tags : ['tags'],
  };
  const has = (key: string) => Object.hasOwn(first, key);
  const hasTags = keys.tags.every(has);
  const table = { name: file.name, width: Object.keys(first).length, names: Object.keys(first) };
  if (!has(keys.token)) throw unknownColumn(table, keys.token, 'data.token');
  const missing = keys.tags.find((key) => !has(key));
  if (missing !== undefined && !tagsOptional) throw unknownColumn(table, missing, 'data.tags');
  const unknown = data.features.find((key) => !has(key));
  if (unknown !== undefined) throw unknownColumn(table, unknown, 'data.features');
  const columns = { token: keys.token, tags: keys.tags, features: data.features };
  return { format: 'jsonl', columns, hasTags, header: () => '', ...readObjects(file, { data, columns, hasTags }) };
};

type JsonObject = Readonly<Record<string, unknown>>;

async function firstObject(file: LineFile): Promise<JsonObject> {
  const lines = await file.head((head) => head.some((line) => !isBlank(line)));
  const index = lines.findIndex((line) => !isBlank(line));
  if (index < 0) throw emptyFile(file.name);
  return parseObject(lines[index]!, `${file.name}: line ${index + 1}`);
}

function parseObject(line: string, place: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new DataError('data/json', `${place} is not JSON; expected {"tokens": [...], "tags": [...]} in one line`, {
      cause: error,
    });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new DataError('data/json', `${place} is no object; expected {"tokens": [...], "tags": [...]}`);
}

interface ReadOptions {
  readonly data: DataConfig;
  readonly columns: SentenceFile['columns'];
  readonly hasTags: boolean;
}

function readObjects(
  file: LineFile,
  { data, columns, hasTags }: ReadOptions,
): Pick<SentenceFile, 'name' | 'sentences' | 'ending'> {
  let ending = '';
  async function* sentences(): AsyncGenerator<RawSentence> {
    let before = '';
    let line = 0;
    for await (const lines of file.lines()) {
      for (const text of lines) {
        line += 1;
        const place = `${file.name}: line ${line}`;
        const object = isBlank(text) ? undefined : parseObject(text, place);
        const tokens = object ? readTokens(object, columns.token, place) : [];
        if (!object || tokens.length === 0) {
          before += text;
          continue;
        }
        const cells = (key: string) =>
          readCells(object, { key, place, tokens: tokens.length, separator: data.labelSeparator });
        const prefix = before;
        before = '';
        yield {
          line,
          tokens,
          ...(hasTags && { tags: columns.tags.map(cells) }),
          features: columns.features.map(cells),
          write: (further, names) =>
            prefix + withKeys(text, object, { columns: further, names: names ?? defaultNames(further) }),
        };
      }
    }
    ending = before;
  }
  return { name: file.name, sentences, ending: () => ending };
}

function readTokens(object: JsonObject, key: string, place: string): readonly string[] {
  const tokens = object[key];
  if (!Array.isArray(tokens) || !tokens.every((token) => typeof token === 'string')) {
    throw new DataError('data/json', `${place}: ${JSON.stringify(key)} must be an array of strings, the tokens`);
  }
  const empty = tokens.findIndex((token) => token.trim() === '');
  if (empty < 0) return tokens;
  throw new DataError('data/empty-token', `${place}: token ${empty + 1} is empty`);
}

interface CellsOptions {
  readonly key: string;
  readonly place: string;
  readonly tokens: number;
  readonly separator: string;
}

function readCells(object: JsonObject, { key, place, tokens, separator }: CellsOptions): readonly string[] {
  const values = object[key];
  if (!Array.isArray(values)) {
    throw new DataError('data/json', `${place}: ${JSON.stringify(key)} must be an array with one value a token`);
  }
  if (values.length !== tokens) {
    const message = `${place}: ${JSON.stringify(key)} has ${values.length} values, and there are ${tokens} tokens; each needs one`;
    throw new DataError('data/ragged-columns', message);
  }
  return values.map((value: unknown, index) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (Array.isArray(value) && separator !== '' && value.every((one) => typeof one === 'string'))
      return value.join(separator);
    const hint = Array.isArray(value) ? '; several labels a token need data.labelSeparator' : '';
    const message = `${place}: value ${index + 1} of ${JSON.stringify(key)} is ${JSON.stringify(value)}; expected a string${hint}`;
    throw new DataError('data/json', message);
  });
}

interface Further {
  readonly columns: readonly (readonly string[])[];
  readonly names: readonly string[];
}

/** Further keys before the last brace, so that nothing else of the line changes. */
function withKeys(line: string, object: JsonObject, { columns, names }: Further): string {
  const text = withoutEnd(line);
  const end = text.slice(0, text.lastIndexOf('}')).trimEnd().length;
  const taken = new Set(Object.keys(object));
  const added = columns.map((column, index) => {
    const wanted = names[index] ?? defaultNames(columns)[index]!;
    const values = /probability$/i.test(wanted) ? column.map(Number) : column;
    let key = wanted;
    while (taken.has(key)) key = `predicted_${key}`;
    taken.add(key);
    return `, ${JSON.stringify(key)}: ${JSON.stringify(values)}`;
  });
  return text.slice(0, end) + added.join('') + text.slice(end) + endOf(line);
}
