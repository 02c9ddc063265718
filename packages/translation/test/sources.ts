import type { ByteSource } from '@unroll/core';
import { parseTranslationConfig, readPairs, type PairSources, type TranslationConfigInput } from '@unroll/translation';

/** A file of `content`, read in pieces that cut lines and letters in two. */
export function textSource(content: string | Uint8Array, name = 'pairs.txt', pieceSize = 7): ByteSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    name,
    size: bytes.length,
    async *bytes() {
      for (let i = 0; i < bytes.length; i += pieceSize) yield bytes.subarray(i, i + pieceSize);
    },
  };
}

export function dataConfig(data: TranslationConfigInput['data'] = {}) {
  return parseTranslationConfig({ data }).data;
}

/** `line: source => target` of each pair. */
export async function readAll(sources: PairSources, data: TranslationConfigInput['data'] = {}) {
  const { pairs } = await readPairs(sources, dataConfig(data));
  return pairs.map(({ line, source, target }) => `${line}: ${source} => ${target}`);
}
