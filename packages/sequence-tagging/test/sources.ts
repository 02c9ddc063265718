import type { ByteSource } from '@unroll/core';
import {
  openSentences,
  parseSequenceTaggingConfig,
  type DataConfig,
  type OpenOptions,
  type RawSentence,
  type SentenceFile,
  type SequenceTaggingConfigInput,
} from '@unroll/sequence-tagging';

/** Text as a byte source that comes in pieces of `pieceSize` bytes, so that code points and lines are cut. */
export function textSource(text: string, name = 'data.txt', pieceSize = 7): ByteSource {
  return byteSource(new TextEncoder().encode(text), name, pieceSize);
}

export function byteSource(content: Uint8Array, name = 'data.txt', pieceSize = 7): ByteSource {
  return {
    name,
    size: content.length,
    async *bytes() {
      for (let i = 0; i < content.length; i += pieceSize) yield content.subarray(i, i + pieceSize);
    },
  };
}

export function dataConfig(data: SequenceTaggingConfigInput['data'] = {}): DataConfig {
  return parseSequenceTaggingConfig({ data }).data;
}

type DataInput = SequenceTaggingConfigInput['data'];

/** Opens a text as a file. */
export function openString(
  text: string,
  data: DataInput,
  { name = 'data.txt', ...options }: OpenOptions & { readonly name?: string } = {},
): Promise<SentenceFile> {
  return openSentences(textSource(text, name), dataConfig(data), options);
}

export async function collect(file: SentenceFile): Promise<readonly RawSentence[]> {
  const all: RawSentence[] = [];
  for await (const sentence of file.sentences()) all.push(sentence);
  return all;
}

export interface Further {
  readonly names?: readonly string[];
  /** of each sentence, `[column][token]` */
  readonly columns: (sentence: RawSentence, index: number) => readonly (readonly string[])[];
}

/** The whole file as it is written back, with further columns. */
export async function writeBack(file: SentenceFile, { names = [], columns }: Further): Promise<string> {
  let text = file.header(names);
  let index = 0;
  for await (const sentence of file.sentences()) text += sentence.write(columns(sentence, index++), names);
  return text + file.ending();
}
