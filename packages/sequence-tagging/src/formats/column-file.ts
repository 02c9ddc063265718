import { DataError } from '@unroll/core';
import type { RawSentence } from '../types.js';
import { checkWidth, type ColumnPlaces, type Table } from './columns.js';
import { endOf, isBlank, withoutEnd, type LineFile } from './lines.js';

/** How the lines of a file with one token a line are read and written. */
export interface ColumnSyntax {
  readonly table: Table;
  readonly places: ColumnPlaces;
  readonly split: (text: string) => string[];
  /**
   * What a line is, if it is no token: it belongs to the sentence (a comment), or it stands between two. Its cells are given
   * where `split` was needed to tell.
   */
  readonly kindOf: (text: string, tokens: number, line: number) => 'token' | 'inside' | 'between';
  /** The text of a token's line with further cells. */
  readonly append: (text: string, cells: readonly string[], names: readonly string[]) => string;
  /** lines at the start that belong to no sentence */
  readonly skip: number;
}

export interface ColumnReader {
  sentences(): AsyncIterable<RawSentence>;
  ending(): string;
}

/** Sentences of a file with one token a line and an empty line behind each sentence. */
export function readColumnFile(file: LineFile, syntax: ColumnSyntax): ColumnReader {
  let ending = '';
  async function* sentences(): AsyncGenerator<RawSentence> {
    ending = '';
    let open = new SentenceLines(syntax, '');
    let number = 0;
    for await (const lines of file.lines()) {
      for (const line of lines) {
        number += 1;
        if (number <= syntax.skip) continue;
        const between = isBlank(line) || open.take(line, number) === 'between';
        if (!between) continue;
        if (open.length > 0) {
          // The empty line belongs to the sentence before it, a border to the one behind.
          const blank = isBlank(line);
          yield open.close(blank ? line : '');
          open = new SentenceLines(syntax, blank ? '' : line);
        } else {
          open = new SentenceLines(syntax, open.close(line).write([]));
        }
      }
    }
    if (open.length > 0) yield open.close('');
    else ending = open.close('').write([]);
  }
  return { sentences, ending: () => ending };
}

/** The lines of one sentence as they come. */
class SentenceLines {
  readonly #syntax: ColumnSyntax;
  readonly #before: string;
  readonly #lines: string[] = [];
  /** of the lines that are tokens */
  readonly #rows: number[] = [];
  readonly #tokens: string[] = [];
  readonly #tags: readonly string[][];
  readonly #features: readonly string[][];
  #line = 0;

  constructor(syntax: ColumnSyntax, before: string) {
    this.#syntax = syntax;
    this.#before = before;
    this.#tags = syntax.places.tags.map(() => []);
    this.#features = syntax.places.features.map(() => []);
  }

  /** in tokens */
  get length(): number {
    return this.#tokens.length;
  }

  /** Adds a line unless it stands between sentences. */
  take(line: string, number: number): 'token' | 'inside' | 'between' {
    const { table, places, split, kindOf } = this.#syntax;
    const text = withoutEnd(line);
    const kind = kindOf(text, this.#tokens.length, number);
    if (kind === 'between') return kind;
    if (this.#lines.length === 0) this.#line = number;
    if (kind === 'token') {
      const cells = split(text);
      checkWidth(table, { cells: cells.length, line: number });
      const token = cells[places.token]!;
      if (token.trim() === '') throw emptyToken(table, number);
      this.#rows.push(this.#lines.length);
      this.#tokens.push(token);
      for (const [index, place] of places.tags.entries()) this.#tags[index]!.push(cells[place]!);
      for (const [index, place] of places.features.entries()) this.#features[index]!.push(cells[place]!);
    }
    this.#lines.push(line);
    return kind;
  }

  close(after: string): RawSentence {
    const tags = this.#tags.length > 0 ? { tags: this.#tags } : {};
    return {
      line: this.#line,
      tokens: this.#tokens,
      ...tags,
      features: this.#features,
      write: (columns, names) => this.#before + this.#withCells(columns, names ?? []) + after,
    };
  }

  #withCells(columns: readonly (readonly string[])[], names: readonly string[]): string {
    if (columns.length === 0) return this.#lines.join('');
    const { append } = this.#syntax;
    const lines = [...this.#lines];
    for (const [token, row] of this.#rows.entries()) {
      const line = lines[row]!;
      const cells = columns.map((column) => column[token] ?? '');
      lines[row] = append(withoutEnd(line), cells, names) + endOf(line);
    }
    return lines.join('');
  }
}

function emptyToken({ name }: Table, line: number): DataError {
  return new DataError('data/empty-token', `${name}: line ${line} has no token; an empty line ends a sentence`);
}
