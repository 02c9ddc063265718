import type { VerbContext } from '@unroll/cli';
import { linesOf } from '@unroll/core';
import { DataError } from '@unroll/core/errors';

/** A file of texts, a line each. */
export interface TextLines {
  readonly name: string;
  readonly lines: readonly string[];
}

/** @throws {DataError} `file/…`, `data/not-utf8`, `data/empty` */
export async function readLines(context: Pick<VerbContext, 'openFile'>, path: string): Promise<TextLines> {
  const source = await context.openFile(path);
  const lines: string[] = [];
  for await (const line of linesOf(source)) lines.push(line);
  if (lines.length === 0) throw new DataError('data/empty', `${source.name} has no lines; a text a line is needed`);
  return { name: source.name, lines };
}

/** @throws {DataError} `data/line-count` that names both files and both counts */
export function requireSameCount(
  { name, lines }: TextLines,
  other: { readonly name: string; readonly count: number },
): void {
  if (lines.length === other.count) return;
  const message = `${name} has ${lines.length} lines, ${other.name} ${other.count}; line i of one has to belong to line i of the other`;
  throw new DataError('data/line-count', message);
}
