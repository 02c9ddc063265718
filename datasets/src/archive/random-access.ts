import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { DataError } from '@unroll/core/errors';
import { reasonOf } from '../reasons.js';

/** Bytes that can be read anywhere. */
export interface RandomAccess {
  readonly size: number;
  /** `[start, end)`, shorter where the content ends before */
  read(start: number, end: number): Promise<Uint8Array>;
  /** the same in pieces */
  pieces(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** What is given is a copy: whoever reads may write on it. */
export function accessToMemory(content: Uint8Array): RandomAccess {
  return {
    size: content.length,
    read: (start, end) => Promise.resolve(content.slice(start, end)),
    async *pieces(start, end) {
      if (start < end) yield content.slice(start, end);
    },
  };
}

/** @param handle - open while `read` is used; `pieces` opens the file anew */
export function accessToFile(location: string, size: number, handle: FileHandle): RandomAccess {
  return {
    size,
    async read(start, end) {
      const buffer = new Uint8Array(end - start);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
      return buffer.subarray(0, bytesRead);
    },
    async *pieces(start, end) {
      if (start === end) return;
      try {
        yield* createReadStream(location, { start, end: end - 1, highWaterMark: 1 << 18 });
      } catch (error) {
        throw new DataError('data/unreadable', `cannot read ${location}: ${reasonOf(error)}`, { cause: error });
      }
    },
  };
}
