import { formatNumber } from '@unroll/core';
import type { Sentence } from '../types.js';

/** error: training or scores go wrong. warning: it is probably not meant. note: good to know. */
export type Severity = 'error' | 'warning' | 'note';

/** One thing that a person should know of the data. */
export interface Finding {
  readonly severity: Severity;
  /** stable: `duplicates/between-splits` */
  readonly code: string;
  /** the file */
  readonly file: string;
  /** one line, without the file */
  readonly message: string;
  /** some of the places, in order */
  readonly places: readonly Place[];
}

/** Where in a file. */
export interface Place {
  /** of the sentence's first line, from 1 */
  readonly line: number;
  /** from 1; absent where the whole sentence is meant */
  readonly token?: number;
  /** what stands there */
  readonly text: string;
}

/** Places that are kept of each finding. */
export const placesKept = 5;

/** A token of a sentence. @param t - from 0 */
export function tokenPlace({ line, tokens }: Sentence, t: number, text = tokens[t]!): Place {
  return { line, token: t + 1, text };
}

/** A sentence, by its first words. */
export function sentencePlace({ line, tokens }: Sentence): Place {
  const words = tokens.slice(0, 8).join(' ');
  return { line, text: tokens.length > 8 ? `${words} …` : words };
}

/** `line 12, token 3: London` */
export function describePlace({ line, token, text }: Place): string {
  return `line ${line}${token === undefined ? '' : `, token ${token}`}: ${text}`;
}

/** Counts how often something is so, and where first. */
export class PlaceTally {
  count = 0;
  readonly places: Place[] = [];

  add(place: Place): void {
    this.count++;
    if (this.places.length < placesKept) this.places.push(place);
  }
}

export function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}

/** `1 tag`, `2,000 tags` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** Some of many names: `A, B, C and 4 more`. */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** Columns of files without names have numbers. */
export function columnLabel(column: string): string {
  return /^-?\d+$/.test(column) ? `column ${column}` : column;
}
