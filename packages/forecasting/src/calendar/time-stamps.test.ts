import * as fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { parseIso, type ParsedStamp } from './iso.js';
import { createStampReader, detectStampFormat } from './time-stamps.js';

const iso = createStampReader('iso', 'UTC');
const text = (time: number) => (Number.isNaN(time) ? 'none' : new Date(time).toISOString());

describe('ISO stamps', () => {
  test.each([
    ['2020-02-29', '2020-02-29T00:00:00.000Z'],
    ['2020-02-29 13:05', '2020-02-29T13:05:00.000Z'],
    ['2020-02-29T13:05:07', '2020-02-29T13:05:07.000Z'],
    ['2020-02-29T13:05:07.1259', '2020-02-29T13:05:07.125Z'],
    ['2020-02-29T13:05:07,5Z', '2020-02-29T13:05:07.500Z'],
    ['2020-02-29T13:05+02:00', '2020-02-29T11:05:00.000Z'],
    ['2020-02-29 13:05:00-0330', '2020-02-29T16:35:00.000Z'],
    ['2020-02-29 13:05:00+01', '2020-02-29T12:05:00.000Z'],
    ['2020-02-29T24:00', '2020-03-01T00:00:00.000Z'],
    ['2020-02-29 13', '2020-02-29T13:00:00.000Z'],
    ['2020/02/29 13:05', '2020-02-29T13:05:00.000Z'],
    [' 2020-02-29 ', '2020-02-29T00:00:00.000Z'],
    ['2020/2/9', '2020-02-09T00:00:00.000Z'],
    ['2020-10-1 05', '2020-10-01T05:00:00.000Z'],
    ['2020-1-10 05:30', '2020-01-10T05:30:00.000Z'],
    ['20200229', '2020-02-29T00:00:00.000Z'],
    ['2020-02', '2020-02-01T00:00:00.000Z'],
    ['1949', '1949-01-01T00:00:00.000Z'],
    ['2020Q3', '2020-07-01T00:00:00.000Z'],
    ['2020-Q4', '2020-10-01T00:00:00.000Z'],
    ['2020-W01', '2019-12-30T00:00:00.000Z'],
    ['2020-W53-7', '2021-01-03T00:00:00.000Z'],
    ['1951-W01-1', '1951-01-01T00:00:00.000Z'],
    ['0004-02-29', '0004-02-29T00:00:00.000Z'],
  ])('%s', (stamp, expected) => {
    expect(text(iso.read(stamp, NaN))).toBe(expected);
  });

  test.each([
    '2021-02-29',
    '2020-13-01',
    '2020-00-10',
    '2020-01-32',
    '2020-01-01T25:00',
    '2020-01-01T12:60',
    '2020-01-01T24:01',
    '2020-01-01x',
    '2020-01-01T',
    '2020-01-01T12:00:00 tomorrow',
    '2020-01-01T1a:00',
    '2020-01-01 12:00:',
    '2020-01-01 12:00:00.',
    '01.02.2020',
    'x',
    '',
    '20201301',
    '2020-W54',
  ])('%j is none', (stamp) => {
    expect(iso.read(stamp, NaN)).toBeNaN();
  });

  test('are read as Luxon reads them', () => {
    const stamp: ParsedStamp = { time: NaN, offset: undefined };
    const property = fc.property(
      fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true }),
      fc.constantFrom('UTC', 'UTC+5:30', 'UTC-8'),
      (date, zone) => {
        const written = DateTime.fromJSDate(date, { zone });
        for (const form of [written.toISO()!, written.toFormat('yyyy-MM-dd HH:mm:ss.SSSZZ')]) {
          expect(parseIso(form, stamp)).toBe(true);
          expect(stamp.time).toBe(date.getTime());
        }
        expect(iso.read(written.toUTC().toISOWeekDate()!, NaN)).toBe(written.toUTC().startOf('day').toMillis());
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});

describe('the clock', () => {
  const berlin = createStampReader('iso', 'Europe/Berlin');

  test('put back: the hour of the same name follows the first', () => {
    const stamps = ['2020-10-25 01:30', '2020-10-25 02:00', '2020-10-25 02:30', '2020-10-25 02:00', '2020-10-25 02:30'];
    const times: number[] = [];
    for (const stamp of stamps) times.push(berlin.read(stamp, times.at(-1) ?? NaN));
    const minutes = times.map((time) => (time - times[0]!) / 60_000);
    expect(minutes).toEqual([0, 30, 60, 90, 120]);
  });

  test('put forward: the hour after the gap follows the one before, and the gap has no time', () => {
    expect(berlin.read('2020-03-29 03:00', NaN) - berlin.read('2020-03-29 01:00', NaN)).toBe(3_600_000);
    expect(berlin.read('2020-03-29 02:30', NaN)).toBeNaN();
    expect(berlin.explain('2020-03-29 02:30')).toContain('does not exist in Europe/Berlin');
  });

  test('does not concern stamps that say their offset', () => {
    expect(text(berlin.read('2020-07-01T12:00Z', NaN))).toBe('2020-07-01T12:00:00.000Z');
  });
});

test('a pattern is read in its zone, and an offset in it counts', () => {
  const berlin = createStampReader({ pattern: 'dd.MM.yyyy HH:mm' }, 'Europe/Berlin');
  expect(text(berlin.read('01.07.2020 12:00', NaN))).toBe('2020-07-01T10:00:00.000Z');
  expect(berlin.explain('July 1')).toContain('is not "dd.MM.yyyy HH:mm"');
  const offset = createStampReader({ pattern: "yyyy.MM.dd 'at' HHmm ZZZ" }, 'Europe/Berlin');
  expect(text(offset.read('2020.07.01 at 1200 +0500', NaN))).toBe('2020-07-01T07:00:00.000Z');
});

test('epochs and steps', () => {
  expect(createStampReader('epoch', 'UTC').read('1582934400.5', NaN)).toBe(1_582_934_400_500);
  expect(createStampReader('epoch-ms', 'UTC').read(' 1582934400500 ', NaN)).toBe(1_582_934_400_500);
  expect(createStampReader('step', 'UTC').read('17', NaN)).toBe(17);
  expect(createStampReader('epoch', 'UTC').read('1e9', NaN)).toBeNaN();
});

describe('the format of a column', () => {
  test.each([
    [['2020-01-01', '2020-01-02 12:00'], 'iso'],
    [['2020Q1', '2020Q2'], 'iso'],
    [['20200101', '20200102'], 'iso'],
    [['1949', '1950'], 'iso'],
    [['1582934400', '1582938000'], 'epoch'],
    [['1582934400000'], 'epoch-ms'],
    [['0', '1', '2'], 'step'],
    [['13.01.2020', '1.2.2020'], { pattern: 'd.M.yyyy' }],
    [['01/13/2020', '02/01/2020'], { pattern: 'M/d/yyyy' }],
    [['13/01/2020', '01/02/2020'], { pattern: 'd/M/yyyy' }],
    [['1/13/2020 1:30 PM', '1/14/2020 12:00 AM'], { pattern: 'M/d/yyyy h:mm a' }],
    [['Jan 2020', 'Feb 2020'], { pattern: 'MMM yyyy' }],
    [['Jan-20', 'Feb-20'], { pattern: 'MMM-yy' }],
    [['north', 'south'], undefined],
    [['', ' '], undefined],
  ])('%j is %j', (sample, expected) => {
    expect(detectStampFormat(sample, { numeric: true })).toEqual(expected);
  });

  test('numbers are times only where they are asked for', () => {
    expect(detectStampFormat(['1949', '1950'], { numeric: false })).toBeUndefined();
  });

  test('day and month that cannot be told apart are asked for', () => {
    const detect = () => detectStampFormat(['01/02/2020', '01/03/2020'], { numeric: true });
    expect(detect).toThrow('data.timeFormat: times such as "01/02/2020" may be "M/d/yyyy" or "d/M/yyyy"; say which');
  });
});
