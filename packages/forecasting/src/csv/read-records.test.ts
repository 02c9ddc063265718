import type { ByteSource } from '@unroll/core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineOfRecord, readRecords } from './read-records.js';

const comma = { delimiter: ',', ragged: false };

function source(content: string | Uint8Array, pieceLength = 1 << 18): ByteSource {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return {
    name: 'x.csv',
    async *bytes() {
      for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
    },
  };
}

async function read(from: ByteSource, options = comma): Promise<readonly (readonly string[])[]> {
  const records: (readonly string[])[] = [];
  await readRecords(from, options, (fields) => void records.push(fields));
  return records;
}

describe('records', () => {
  test('are what was quoted and joined, however the bytes are cut', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'ü', '😀', ' ', ';') });
    const property = fc.asyncProperty(
      fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      async (rows, pieceLength) => {
        const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        expect(await read(source(text, pieceLength))).toEqual(rows);
      },
    );
    await fc.assert(property);
  });

  test('have no byte order mark, and empty lines are none', async () => {
    expect(await read(source('\ufeffa,b\n\n1,2\r\n'))).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });
});

const plain = 'id,value\n' + 'a,1.5\n'.repeat(50_000);

describe('a broken file names the line', () => {
  test.each([
    ['ragged', `${plain}b\n${plain}`, 'x.csv: line 50002 has 1 fields, the lines before have 2'],
    ['ragged at once', 'a,b\n1\n', 'x.csv: line 2 has 1 fields'],
    ['a quote not closed', `${plain}"b,2\n${plain}`, 'x.csv: line 50002: a quote is opened and never closed'],
    ['a quote inside', `${plain}b"c,2\n${plain}`, 'x.csv: line 50002: a quote stands inside of a field'],
    ['text after a quote', 'a,b\n"x" y,2\n', 'x.csv: line 2: a quote stands inside of a field'],
    ['after a text of two lines', 'a,b\n"x\ny",2\n1,2,3\n', 'x.csv: line 4 has 3 fields'],
  ])('%s', async (_name, content, message) => {
    await expect(read(source(content))).rejects.toThrow(message);
  });

  test('not UTF-8', async () => {
    const content = Buffer.concat([Buffer.from(plain), Buffer.from([98, 0xe4, 44, 50, 10]), Buffer.from(plain)]);
    await expect(read(source(content))).rejects.toThrow('x.csv: line 50002 is not UTF-8; save the file as UTF-8');
    await expect(read(source(Buffer.from('a,b\n1,ä').subarray(0, -1)))).rejects.toThrow('line 2 is not UTF-8');
  });

  test('a record without an end', async () => {
    const content = Buffer.alloc(5 << 20, 'x');
    await expect(read(source(content))).rejects.toThrow('x.csv: line 1: the record is longer than 4 MiB');
  });

  test('the first mistake is the one that is named', async () => {
    const content = Buffer.concat([Buffer.from('a,b\n1\n'), Buffer.from(plain), Buffer.from([0xff])]);
    await expect(read(source(content))).rejects.toThrow('line 2 has 1 fields');
  });

  test('what the reader of records throws comes out, and ends the reading', async () => {
    let calls = 0;
    const reading = readRecords(source(plain), comma, (_fields, index) => {
      calls += 1;
      if (index === 70) throw new Error('enough');
    });
    await expect(reading).rejects.toThrow('enough');
    expect(calls).toBe(71);
  });
});

test('the line of a record counts empty lines and lines inside of texts', async () => {
  const content = 'a,b\n\n"1\n2",3\n4,5\n';
  const lines = await Promise.all([0, 1, 2].map((index) => lineOfRecord(source(content), comma, index)));
  expect(lines).toEqual([1, 4, 5]);
});
