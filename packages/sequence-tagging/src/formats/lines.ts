import { rawLinesOf, type ByteSource } from '@unroll/core';

/** The lines of a file with their ends, of which the first ones can be looked at before. */
export interface LineFile {
  /** for messages */
  readonly name: string;
  /**
   * The first lines, read on until `enough` says so, the file ends or a thousand are there. Of a pipe no line more is waited for.
   */
  head(enough: (lines: readonly string[]) => boolean): Promise<readonly string[]>;
  /** A pass over all lines, in arrays of those that came at once. */
  lines(): AsyncIterable<readonly string[]>;
}

/** Longer than any honest line; in UTF-16 code units. */
const longest = 1 << 20;
const longestHead = 1000;

export function openLines(source: ByteSource): LineFile {
  // What was taken from a pipe is gone, so that its first pass goes on where the look at its head ended.
  const canReopen = source.size !== undefined;
  let reader: AsyncGenerator<readonly string[], void> | undefined;
  let passed = false;
  const head: (readonly string[])[] = [];
  let count = 0;
  let ended = false;

  async function* rest(kept: AsyncGenerator<readonly string[], void>) {
    yield* head;
    yield* kept;
  }

  return {
    name: source.name,
    async head(enough) {
      reader ??= rawLinesOf(source, { longest });
      while (!ended && count < longestHead && !enough(head.flat())) {
        const next = await reader.next();
        if (next.done) ended = true;
        else head.push(next.value);
        count += next.value?.length ?? 0;
      }
      return head.flat();
    },
    async *lines() {
      if (reader && !canReopen && !passed) {
        passed = true;
        yield* rest(reader);
        return;
      }
      await reader?.return();
      reader = undefined;
      yield* rawLinesOf(source, { longest });
    },
  };
}

/** Without its end. */
export function withoutEnd(line: string): string {
  if (!line.endsWith('\n')) return line;
  return line.slice(0, line.endsWith('\r\n') ? -2 : -1);
}

export function endOf(line: string): string {
  return line.slice(withoutEnd(line).length);
}

export function isBlank(line: string): boolean {
  return line === '\n' || line === '\r\n' || /^[ \t\r\n]*$/.test(line);
}

/** Whether the lines hold something and then an empty line: the first sentence of a file is whole. */
export function holdsSentence(lines: readonly string[]): boolean {
  const first = lines.findIndex((line) => !isBlank(line));
  return first >= 0 && lines.some((line, index) => index > first && isBlank(line));
}
