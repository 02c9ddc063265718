import type { ByteSource } from '@unroll/core';

/** Bytes of a source in the order in which they lie there, as many as are asked for. */
export interface ByteReader {
  /** bytes that were read or skipped */
  position(): number;
  /** @returns `count` bytes, or as many as are left; a copy. @param count - small: it is checked by the caller */
  read(count: number): Promise<Uint8Array>;
  /** @returns how many were left of `count` */
  skip(count: number): Promise<number>;
  /** What comes next, at most `count` bytes, in pieces as they come. */
  pieces(count: number): AsyncGenerator<Uint8Array, void>;
  /** ends the reading of the source; nothing may be read after it */
  close(): Promise<void>;
}

/** To skip less by reading it is faster than to begin anew. */
const worthSeeking = 1 << 20;

export function readBytes(source: ByteSource): ByteReader {
  let iterator = source.bytes()[Symbol.asyncIterator]();
  let current = new Uint8Array(0);
  let position = 0;
  /** The next bytes, at most `count`; empty at the end. */
  async function next(count: number): Promise<Uint8Array> {
    while (current.length === 0) {
      const { done, value } = await iterator.next();
      if (done) return current;
      current = value as Uint8Array<ArrayBuffer>;
    }
    const piece = current.subarray(0, Math.min(count, current.length));
    current = current.subarray(piece.length);
    position += piece.length;
    return piece;
  }
  async function* pieces(count: number) {
    let left = count;
    while (left > 0) {
      const piece = await next(left);
      if (piece.length === 0) return;
      left -= piece.length;
      yield piece;
    }
  }
  return {
    position: () => position,
    async read(count) {
      const bytes = new Uint8Array(count);
      let length = 0;
      for await (const piece of pieces(count)) {
        bytes.set(piece, length);
        length += piece.length;
      }
      return bytes.subarray(0, length);
    },
    async skip(count) {
      const { size } = source;
      if (source.bytesFrom && size !== undefined && count > worthSeeking + current.length) {
        const skipped = Math.max(0, Math.min(count, size - position));
        await iterator.return?.();
        position += skipped;
        current = new Uint8Array(0);
        iterator = source.bytesFrom(position)[Symbol.asyncIterator]();
        return skipped;
      }
      let length = 0;
      for await (const piece of pieces(count)) length += piece.length;
      return length;
    },
    pieces,
    close: async () => void (await iterator.return?.()),
  };
}
