import { DataError } from '@unroll/core';
import { distance } from 'fastest-levenshtein';
import type { DataConfig } from '../config.js';
import type { OpenOptions, SentenceFile } from './format.js';

/** The columns that a file has. */
export interface Table {
  /** of the file, for messages */
  readonly name: string;
  readonly width: number;
  /** of the columns, where the file names them */
  readonly names?: readonly string[];
}

/** Places of columns, from 0. */
export interface ColumnPlaces {
  readonly token: number;
  /** empty where the file has no tags */
  readonly tags: readonly number[];
  readonly features: readonly number[];
}

export interface ChosenColumns {
  readonly places: ColumnPlaces;
  readonly columns: SentenceFile['columns'];
  readonly hasTags: boolean;
}

interface Defaults {
  readonly token: number;
  readonly tags: readonly number[];
}

/**
 * Which columns are token, tags and features.
 *
 * @param defaults - of what the configuration leaves open
 * @throws {DataError} `data/unknown-column` naming the nearest, `data/no-tags`, `data/column-twice`
 */
export function chooseColumns(
  table: Table,
  {
    data,
    options,
    defaults,
  }: { readonly data: DataConfig; readonly options: OpenOptions; readonly defaults: Defaults },
): ChosenColumns {
  const token = data.token === 'auto' ? defaults.token : findColumn(table, data.token, 'data.token');
  const features = data.features.map((column) => findColumn(table, column, 'data.features'));
  const free = defaults.tags.filter((place) => place !== token && !features.includes(place));
  const found =
    data.tags.length === 0
      ? free
      : data.tags.map((column) =>
          options.tagsOptional ? placeOf(table, column) : findColumn(table, column, 'data.tags'),
        );
  const tags = found.filter((place) => place !== undefined);
  const hasTags = tags.length > 0 && tags.length === found.length;
  if (!hasTags && options.tagsOptional !== true) {
    const message = `${table.name} has no column of tags beside ${nameOf(table, token)}; is the format another one (data.format), or does data.tags name them?`;
    throw new DataError('data/no-tags', message);
  }
  const twice = tags.find((place) => place === token || features.includes(place));
  if (twice !== undefined) {
    const message = `${table.name}: column ${nameOf(table, twice)} is to be learnt and to be read at once; take it out of data.tags, or out of data.token and data.features`;
    throw new DataError('data/column-twice', message);
  }
  return {
    places: { token, tags: hasTags ? tags : [], features },
    columns: {
      token: nameOf(table, token),
      tags: hasTags ? tags.map((place) => nameOf(table, place)) : [...data.tags],
      features: features.map((place) => nameOf(table, place)),
    },
    hasTags,
  };
}

function nameOf({ names }: Table, place: number): string {
  return names?.[place] ?? String(place + 1);
}

/** The place of a column by number from 1, from the end by −1, or by name; `undefined` if there is none. */
function placeOf({ width, names }: Table, column: string): number | undefined {
  const byName = names?.indexOf(column) ?? -1;
  if (byName >= 0) return byName;
  if (/^[+-]?\d+$/.test(column)) {
    const number = Number(column);
    const place = number < 0 ? width + number : number - 1;
    return number !== 0 && place >= 0 && place < width ? place : undefined;
  }
  const folded = names?.findIndex((name) => name.toLowerCase() === column.toLowerCase()) ?? -1;
  return folded >= 0 ? folded : undefined;
}

/** @throws {DataError} `data/unknown-column` */
function findColumn(table: Table, column: string, key: string): number {
  const place = placeOf(table, column);
  if (place !== undefined) return place;
  throw unknownColumn(table, column, key);
}

/** A column that a file does not have, with the nearest that it has. */
export function unknownColumn({ name, width, names }: Table, column: string, key: string): DataError {
  const isNumber = /^[+-]?\d+$/.test(column);
  const hint =
    names && !isNumber
      ? `did you mean ${nearest(column, names)}? It has ${names.join(', ')}`
      : `it has ${width} column${width === 1 ? '' : 's'}${names ? '' : ', which are named by number from 1, or from the end from -1'}`;
  return new DataError('data/unknown-column', `${name} has no column ${JSON.stringify(column)} (${key}); ${hint}`);
}

function nearest(column: string, names: readonly string[]): string {
  const distanceTo = (name: string) => distance(column.toLowerCase(), name.toLowerCase());
  return names.toSorted((a, b) => distanceTo(a) - distanceTo(b))[0] ?? '';
}

/** Checks how many columns a line has. @throws {DataError} `data/ragged-columns` */
export function checkWidth({ name, width }: Table, { cells, line }: { readonly cells: number; readonly line: number }) {
  if (cells === width) return;
  const message = `${name}: line ${line} has ${cells} column${cells === 1 ? '' : 's'}, ${width} are expected; every token needs a cell in each`;
  throw new DataError('data/ragged-columns', message);
}
