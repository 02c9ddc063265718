import type { ByteSource } from '@unroll/core';

/** Text as a byte source that comes in pieces of `pieceSize` bytes, so that code points are cut. */
export function textSource(text: string, name = 'text', pieceSize = 7): ByteSource {
  return byteSource(new TextEncoder().encode(text), name, pieceSize);
}

export function byteSource(content: Uint8Array, name = 'bytes', pieceSize = 7): ByteSource {
  return {
    name,
    async *bytes() {
      for (let i = 0; i < content.length; i += pieceSize) yield content.subarray(i, i + pieceSize);
    },
  };
}

/** A text that is easy to learn and not trivial: numbered, so that every part of it differs. */
export function sampleText(lines: number): string {
  return Array.from({ length: lines }, (_, i) => `line ${i * 7} of the text, ${i % 3 === 0 ? 'odd' : 'even'}\n`).join(
    '',
  );
}
