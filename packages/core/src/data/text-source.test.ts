import { expect, test } from 'vitest';
import type { ByteSource } from './byte-source.js';
import { linesOf, rawLinesOf, wholeText } from './text-source.js';

function source(text: string, pieceSize: number): ByteSource {
  const content = new TextEncoder().encode(text);
  return {
    name: 'some.txt',
    async *bytes() {
      for (let i = 0; i < content.length; i += pieceSize) yield content.subarray(i, i + pieceSize);
    },
  };
}

async function flat<Value>(values: AsyncIterable<readonly Value[]>): Promise<readonly Value[]> {
  const all: Value[] = [];
  for await (const some of values) all.push(...some);
  return all;
}

const text = 'one\r\n\ntwö 👩‍👧\r three\n\r\nlast';

test.each([1, 3, 1000])('lines with and without their ends, from pieces of %i bytes', async (pieceSize) => {
  const lines = ['one\r\n', '\n', 'twö 👩‍👧\r three\n', '\r\n', 'last'];
  expect(await flat(rawLinesOf(source(text, pieceSize)))).toEqual(lines);
  const withoutEnds: string[] = [];
  for await (const line of linesOf(source(text, pieceSize))) withoutEnds.push(line);
  expect(withoutEnds).toEqual(['one', '', 'twö 👩‍👧\r three', '', 'last']);
  expect(await wholeText(source(text, pieceSize))).toBe(text);
});

test('nothing behind the last line end is no line', async () => {
  expect(await flat(rawLinesOf(source('a\n', 9)))).toEqual(['a\n']);
  expect(await flat(rawLinesOf(source('', 9)))).toEqual([]);
});

test.each([1, 4, 1000])('a line that is too long is named, from pieces of %i bytes', async (pieceSize) => {
  const longest = 5;
  expect(await flat(rawLinesOf(source('1234\n12345', pieceSize), { longest }))).toHaveLength(2);
  for (const content of ['1234\n123456', '1234\n12345\n']) {
    await expect(flat(rawLinesOf(source(content, pieceSize), { longest }))).rejects.toMatchObject({
      code: 'data/line-too-long',
      message: 'unroll: some.txt: line 2 is longer than 5 characters; is this a text file? Break the line',
    });
  }
});
