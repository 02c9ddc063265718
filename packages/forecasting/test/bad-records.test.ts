import { isUnrollError } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import { column, every, read, type DataInput } from './csv-text.js';

const good = 'id,time,v,w\na,2020-01-01,1,5\na,2020-01-02,2,6\na,2020-01-03,3,7\n';

/** Fails unless the file is refused by one line with this code that holds every part. */
async function expectRefusal(reading: Promise<unknown>, code: string, parts: readonly string[]): Promise<void> {
  const error: unknown = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isUnrollError(error)) throw error ?? new Error('the file was read');
  expect(error.code).toBe(code);
  expect(error.message.split('\n')).toHaveLength(1);
  for (const part of parts) expect(error.message).toContain(part);
}

type Case = readonly [name: string, text: string | Uint8Array, data: DataInput, code: string, ...parts: string[]];

const cases: readonly Case[] = [
  ['an empty file', '', {}, 'data/empty', 'sales.csv is empty'],
  ['blank lines alone', '\n \n\n', {}, 'data/empty', 'sales.csv is empty'],
  ['a header alone', 'time,v\n', {}, 'data/no-rows', 'sales.csv has a header (time, v) and no rows'],
  ['one row', 'time,v\n2020-01-01,1\n', {}, 'data/frequency', 'sales.csv', 'no series has two times', 'data.frequency'],
  ['no times', 'a,b\n1.5,2\n3,4\n', {}, 'data/no-time', 'among a, b', 'data.time none'],
  ['a column that is no time', good, { time: 'id' }, 'data/time-stamp', 'column "id": "a" is no time'],
  [
    'an unknown column',
    good,
    { target: ['V'] },
    'data/unknown-column',
    'no column "V" (data.target); did you mean "v"?',
  ],
  ['an unknown covariate', good, { known: ['tome'] }, 'data/unknown-column', '(data.known); did you mean "time"?'],
  [
    'a name where there is no header',
    '2020-01-01,1\n2020-01-02,2\n',
    { target: ['v'] },
    'data/unknown-column',
    'its columns are called 1 to 2',
  ],
  [
    'columns of one name',
    'time,v,v\n2020-01-01,1,2\n2020-01-02,1,2\n',
    {},
    'data/duplicate-column',
    'columns 2 and 3 are both called "v"',
  ],
  ['no numbers', 'time,name\n2020-01-01,x\n2020-01-02,y\n', {}, 'data/no-target', 'among time, name'],
  [
    'a broken stamp',
    good.replace('2020-01-02', '2020-01-32'),
    { id: 'id' },
    'data/time-stamp',
    'sales.csv: line 3 (row 2), column "time": "2020-01-32"',
  ],
  [
    'a missing stamp',
    good.replace('2020-01-02', ''),
    { id: 'id' },
    'data/time-stamp',
    'line 3 (row 2)',
    'the time is missing',
  ],
  [
    'a stamp of another pattern',
    good,
    { id: 'id', timeFormat: 'dd.MM.yyyy' },
    'data/time-stamp',
    'line 2 (row 1)',
    '"2020-01-01" is not "dd.MM.yyyy"',
  ],
  [
    'an hour that the clock skips',
    column(['2020-03-29 01:00', '2020-03-29 02:00', '2020-03-29 03:00']),
    { timeZone: 'Europe/Berlin' },
    'data/time-stamp',
    'line 3',
    'does not exist in Europe/Berlin',
  ],
  ['an unknown zone', good, { id: 'id', timeZone: 'Berlin' }, 'config/time-zone', 'Berlin'],
  [
    'a text among numbers',
    good.replace(',2,6', ',two,6'),
    { target: ['v'] },
    'data/number',
    'line 3 (row 2), column "v": "two" is no number',
  ],
  [
    'a number with thousands',
    'time;v\n2020-01-01;1.000,5\n2020-01-02;2,5\n',
    { target: ['v'], decimal: ',' },
    'data/number',
    'line 2 (row 1)',
    '"1.000,5" is no number (decimal comma',
  ],
  ['infinity', good.replace(',2,6', ',-inf,6'), {}, 'data/infinite', 'line 3 (row 2), column "v": -inf is not finite'],
  [
    'a number beyond all',
    good.replace(',2,6', ',1e999,6'),
    {},
    'data/infinite',
    'line 3 (row 2)',
    '1e999 is not finite',
  ],
  [
    'a ragged row',
    `${good}a,2020-01-04,4\n`,
    { id: 'id' },
    'data/ragged-row',
    'line 5 has 3 fields, the lines before have 4',
  ],
  [
    'a broken quote',
    `${good}"a,2020-01-04,4,8\n`,
    { id: 'id' },
    'data/quotes',
    'line 5: a quote is opened and never closed',
  ],
  [
    'not UTF-8',
    Buffer.from('time,v\n2020-01-01,1\n2020-01-02,\xe4\n', 'latin1'),
    {},
    'data/not-utf8',
    'line 3 is not UTF-8',
  ],
  [
    'rows of one time',
    good.replace('2020-01-02', '2020-01-01'),
    {},
    'data/duplicate-time',
    'line 3 has the time 2020-01-01 of line 2',
    'data.id',
  ],
  [
    'rows of one time in a series',
    good.replace('2020-01-03', '2020-01-02'),
    { id: 'id' },
    'data/duplicate-time',
    'line 4 (series "a") has the time 2020-01-02 of line 3',
    'data.duplicates',
  ],
  [
    'two rows of one month',
    column(['2020-01-01', '2020-02-01', '2020-02-29', '2020-04-01']),
    { frequency: 'month' },
    'data/duplicate-time',
    'line 4 has the time 2020-02-29 of line 3',
  ],
  ['no value at all', 'time,v\n2020-01-01,\n2020-01-02,NA\n', {}, 'data/all-missing', 'no series has a value in v'],
  [
    'a series without name',
    good.replace('a,2020-01-02', ' ,2020-01-02'),
    { id: 'id' },
    'data/name',
    'line 3 (row 2), column "id": the name of the series is missing',
  ],
  [
    'a static column that changes',
    'id,time,v,s\na,2020-01-01,1,x\na,2020-01-02,2,y\n',
    { id: 'id', static: ['s'] },
    'data/static',
    'line 3 (row 2), column "s": "y" differs',
  ],
  [
    'a stamp far away',
    column(['2020-01-01 00:00', '2020-01-01 00:01', '2220-01-01 00:02']),
    {},
    'data/gap',
    'line 4',
    'steps of minute after the row before',
  ],
  [
    'rows off the given frequency',
    column(['2020-01-01 00:00', '2020-01-01 02:00', '2020-01-01 03:30']),
    { frequency: 'hour' },
    'data/off-grid',
    'line 4: 2020-01-01T03:30:00 is not a whole number of steps of hour',
    '2020-01-01T00:00:00',
  ],
  [
    'a weekend among business days',
    column(['2020-01-03', '2020-01-04']),
    { frequency: 'business day' },
    'data/off-grid',
    'line 3',
  ],
  [
    'an unknown frequency',
    column(['2020-01-03', '2020-01-04']),
    { frequency: 'dya' },
    'config/frequency',
    'did you mean day?',
  ],
  [
    'steps shorter than a second',
    column(['2020-01-03 00:00:00.1', '2020-01-03 00:00:00.2', '2020-01-03 00:00:00.3']),
    {},
    'data/frequency',
    '100 milliseconds apart',
  ],
  [
    'rows with columns of steps as target',
    'V1,V2,V3,V4\na,1,2,3\n',
    { layout: 'rows', target: ['V2'] },
    'config/layout',
    'in the layout "rows" a column is a step',
  ],
];

test.each(cases.map((one) => ({ name: one[0], one })))('$name', async ({ one }) => {
  const [, text, data, code, ...parts] = one;
  await expectRefusal(read(text, data), code, parts);
});

describe('mixed frequencies', () => {
  const hours = every(60, '2020-01-01T00:00', 30);
  const days = every(1440, '2020-01-01T00:00', 10);

  test('of two series name the series', async () => {
    const rows = [...hours.map((time) => `a,${time},1`), ...days.map((time) => `b,${time},2`)];
    const text = ['id,time,v', ...rows].join('\n');
    const parts = ['line 33 (series "b")', 'mixed frequencies', '24 steps of the others apart'];
    await expectRefusal(read(text, { id: 'id' }), 'data/mixed-frequencies', parts);
  });

  test('in one series name the line', async () => {
    const after = every(60, '2020-01-11T00:00', 20);
    const parts = ['line 13', 'mixed frequencies: from here on'];
    await expectRefusal(read(column([...days, ...after])), 'data/mixed-frequencies', parts);
  });

  test('times that are not regular name the first that is not', async () => {
    const irregular = [...hours, '2020-01-02 06:17', '2020-01-02 07:03:20'];
    const parts = ['line 32', 'no multiple of 1 hours', 'data.frequency'];
    await expectRefusal(read(column(irregular)), 'data/mixed-frequencies', parts);
  });
});

describe('files that follow each other', () => {
  test('must have the columns of the first', async () => {
    const reading = read(good, { id: 'id' }, { test: 'id,time,x\na,2020-01-04,1\n' });
    await expectRefusal(reading, 'data/unknown-column', ['test.csv has no column "v"']);
  });

  test('must follow each other in time', async () => {
    const reading = read(
      'time,v\n2020-01-01,1\n2020-01-05,1\n',
      { frequency: 'day' },
      { test: 'time,v\n2020-01-03,1\n' },
    );
    await expectRefusal(reading, 'data/split-order', ['test.csv: line 2 is not later than the rows of train']);
  });

  test('name the file of a mistake', async () => {
    const reading = read(good, { id: 'id' }, { valid: 'id,time,v,w\na,2020-01-04,1,x\n' });
    await expectRefusal(reading, 'data/number', ['valid.csv: line 2 (row 1), column "w": "x" is no number']);
  });
});

test('a broken line far behind the first ones is named', async () => {
  const rows = every(60, '2000-01-01T00:00', 50_000);
  const text = column(rows).replace(`${rows[40_000]},`, 'yesterday,');
  await expectRefusal(read(text), 'data/time-stamp', ['line 40002 (row 40001), column "time": "yesterday"']);
});
