import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatFrequency,
  formatTime,
  frequencyUnits,
  parseFrequency,
  seasonLength,
  stepOf,
  timeAt,
  type Frequency,
} from './frequency.js';

const utc = (text: string) => Date.parse(`${text}Z`);
const of = (text: string, zone = 'UTC') => parseFrequency(text, zone);

describe('a frequency as text', () => {
  test.each([
    ['15 minutes', 'minute', 15],
    ['15min', 'minute', 15],
    ['hour', 'hour', 1],
    ['H', 'hour', 1],
    ['Daily', 'day', 1],
    ['M', 'month', 1],
    ['MS', 'month', 1],
    ['2 W', 'week', 2],
    ['business day', 'business-day', 1],
    ['business-day', 'business-day', 1],
    ['B', 'business-day', 1],
    ['60 minutes', 'hour', 1],
    ['1440 min', 'day', 1],
    ['7 days', 'week', 1],
    ['12 months', 'year', 1],
  ])('%j is %s × %i', (text, unit, count) => {
    expect(of(text)).toEqual({ unit, count, timeZone: 'UTC' });
  });

  test('reads back as it was written', () => {
    const property = fc.property(fc.constantFrom(...frequencyUnits), fc.integer({ min: 1, max: 99 }), (unit, count) => {
      const frequency = of(`${count} ${unit}`);
      expect(of(formatFrequency(frequency))).toEqual(frequency);
    });
    fc.assert(property);
  });

  test.each([
    ['fortnight', 'did you mean'],
    ['hors', 'did you mean hour?'],
    ['0 days', 'is no frequency'],
    ['m', 'say "min" or "month"'],
    ['', 'is no frequency'],
    ['1.5 hours', 'is no frequency'],
  ])('%j is refused', (text, message) => {
    expect(() => of(text)).toThrow(message);
  });

  test('an unknown time zone names the nearest', () => {
    expect(() => of('hour', 'Europe/Berln')).toThrow('did you mean Europe/Berlin?');
  });
});

test.each([
  ['hour', 24],
  ['15 minutes', 96],
  ['minute', 1440],
  ['7 minutes', 1],
  ['3 hours', 8],
  ['day', 7],
  ['business day', 5],
  ['week', 52],
  ['month', 12],
  ['2 months', 6],
  ['quarter', 4],
  ['year', 1],
  ['step', 1],
])('the season of %s is %i steps', (text, length) => {
  expect(seasonLength(of(text))).toBe(length);
});

describe('times of steps', () => {
  test.each([
    ['month', '2020-01-31', ['2020-02-29', '2020-03-31', '2020-04-30']],
    ['month', '2019-02-28', ['2019-03-31', '2019-04-30']],
    ['month', '2020-01-30', ['2020-02-29', '2020-03-30']],
    ['quarter', '2019-12-31', ['2020-03-31', '2020-06-30', '2020-09-30']],
    ['year', '2020-02-29', ['2021-02-28', '2022-02-28', '2023-02-28', '2024-02-29']],
    ['week', '2020-02-24', ['2020-03-02', '2020-03-09']],
    [
      'business day',
      '2020-02-27',
      ['2020-02-28', '2020-03-02', '2020-03-03', '2020-03-04', '2020-03-05', '2020-03-06'],
    ],
    ['2 days', '2020-02-27', ['2020-02-29', '2020-03-02']],
  ])('by %s from %s', (text, start, expected) => {
    const frequency = of(text);
    const times = expected.map((_, index) =>
      formatTime(timeAt(utc(`${start}T00:00`), index + 1, frequency), frequency),
    );
    expect(times).toEqual(expected);
  });

  test('a day stays at its hour when the clock changes, an hour goes on', () => {
    const start = utc('2020-03-28T23:00'); // midnight in Berlin on the 29th, the day with 23 hours
    const day = of('day', 'Europe/Berlin');
    expect(timeAt(start, 1, day)).toBe(utc('2020-03-29T22:00'));
    expect(stepOf(start, utc('2020-03-29T22:00'), day)).toBe(1);
    expect(stepOf(start, utc('2020-03-29T23:00'), day)).toBeNaN();
    const hour = of('hour', 'Europe/Berlin');
    const hours = [0, 1, 2, 3].map((step) => formatTime(timeAt(start, step, hour), hour));
    expect(hours).toEqual([
      '2020-03-29T00:00:00+01:00',
      '2020-03-29T01:00:00+01:00',
      '2020-03-29T03:00:00+02:00',
      '2020-03-29T04:00:00+02:00',
    ]);
  });

  test('a midnight that the clock skips is one hour later, and still on the grid', () => {
    const day = of('day', 'America/Sao_Paulo'); // 2018-11-04 began at 01:00
    const start = utc('2018-11-03T03:00');
    expect(timeAt(start, 1, day)).toBe(utc('2018-11-04T03:00'));
    expect(timeAt(start, 2, day)).toBe(utc('2018-11-05T02:00'));
    expect(stepOf(start, utc('2018-11-04T03:00'), day)).toBe(1);
  });

  test('a time between two steps has none', () => {
    expect(stepOf(0, 90 * 60_000, of('hour'))).toBeNaN();
    expect(stepOf(utc('2020-03-02T00:00'), utc('2020-03-07T00:00'), of('B'))).toBeNaN();
    expect(stepOf(0, 3, { unit: 'step', count: 2, timeZone: 'UTC' })).toBeNaN();
  });

  test('the step of a time is the step it was made for', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
    const unit = fc.constantFrom(...frequencyUnits);
    const property = fc.property(
      fc.record({ unit, count: fc.integer({ min: 1, max: 9 }), timeZone: zone }),
      fc.integer({ min: 0, max: 16_000 }),
      fc.integer({ min: -200, max: 200 }),
      (frequency: Frequency, day, step) => {
        // A Monday at local noon, so that business days begin on one.
        const start = utc('1980-01-07T17:00') + day * 7 * 86_400_000 * 0.5;
        const from =
          frequency.unit === 'business-day' ? utc('1980-01-07T12:00') + Math.floor(day / 7) * 604_800_000 : start;
        expect(stepOf(from, timeAt(from, step, frequency), frequency)).toBe(step);
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });
});
