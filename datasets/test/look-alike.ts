import { createHash } from 'node:crypto';
import { parseManifest, type Manifest } from '@unroll/datasets';

/** Lines of made-up words: the same for the same seed, unlike any real data. */
export function madeUpText(bytes: number, seed = 1): Buffer {
  const text = Buffer.alloc(bytes);
  let state = seed;
  for (let index = 0; index < bytes; index += 1) {
    state = (state * 48271) % 2147483647;
    text[index] = index % 61 === 60 ? 10 : state % 6 === 0 ? 32 : 97 + (state % 26);
  }
  return text;
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A manifest like that of Penn Treebank, for one file of `content` that is split in two. */
export function manifestFor(content: Buffer, more: Record<string, unknown> = {}): Manifest {
  const { length } = content;
  const cut = Math.floor(length * 0.9);
  return parseManifest(
    {
      name: 'look-alike',
      title: 'Made-up words',
      description: 'A stand-in for a fetched dataset.',
      licence: { id: 'CC0-1.0', note: 'Generated.' },
      citation: 'None.',
      source: { kind: 'fetched', mirror: 'words' },
      format: 'text',
      files: [{ path: 'words.txt', bytes: length, sha256: sha256(content), ...more }],
      splitBy: 'position',
      splits: {
        train: { parts: [{ file: 'words.txt', range: [0, cut] }], counts: { bytes: cut } },
        valid: { parts: [{ file: 'words.txt', range: [cut, length] }], counts: { bytes: length - cut } },
      },
    },
    'a test',
  );
}

export async function readAll(source: { bytes(): AsyncIterable<Uint8Array> }): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.bytes()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
