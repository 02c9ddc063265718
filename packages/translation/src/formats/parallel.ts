import { DataError, formatNumber, rawLinesOf, withoutLineEnd, type ByteSource } from '@unroll/core';
import type { TextPair } from '../types.js';
import { longestLine, type RawPairFile } from './format.js';

/** Two files of lines, line i of one belongs to line i of the other. */
export function openParallel(source: ByteSource, target: ByteSource): RawPairFile {
  return {
    name: `${source.name} and ${target.name}`,
    format: 'parallel',
    sides: { source: source.name, target: target.name },
    chunks: () => pairLines(source, target),
  };
}

/** @throws {DataError} `data/different-lengths` with the lines of both, once the longer one has been read to its end */
async function* pairLines(source: ByteSource, target: ByteSource): AsyncGenerator<readonly TextPair[]> {
  const sources = rawLinesOf(source, { longest: longestLine });
  const targets = rawLinesOf(target, { longest: longestLine });
  try {
    let line = 0;
    let left: readonly string[] = [];
    let right: readonly string[] = [];
    for (;;) {
      if (left.length === 0) left = (await sources.next()).value ?? [];
      if (right.length === 0) right = (await targets.next()).value ?? [];
      const count = Math.min(left.length, right.length);
      if (count === 0) break;
      const pairs = Array.from({ length: count }, (_, index) => ({
        line: line + index + 1,
        source: withoutLineEnd(left[index]!),
        target: withoutLineEnd(right[index]!),
      }));
      line += count;
      left = left.slice(count);
      right = right.slice(count);
      yield pairs;
    }
    if (left.length + right.length === 0) return;
    const counts = {
      source: line + left.length + (await countRest(sources)),
      target: line + right.length + (await countRest(targets)),
    };
    throw differentLengths(source.name, target.name, counts);
  } finally {
    await sources.return();
    await targets.return();
  }
}

async function countRest(lines: AsyncIterable<readonly string[]>): Promise<number> {
  let count = 0;
  for await (const some of lines) count += some.length;
  return count;
}

function differentLengths(
  source: string,
  target: string,
  counts: { readonly source: number; readonly target: number },
): DataError {
  const difference = formatNumber(Math.abs(counts.source - counts.target));
  const longer = counts.source > counts.target ? source : target;
  const message = `${source} has ${formatNumber(counts.source)} lines and ${target} has ${formatNumber(counts.target)}; line i of one must belong to line i of the other, and ${longer} is longer by ${difference}`;
  return new DataError('data/different-lengths', message);
}
