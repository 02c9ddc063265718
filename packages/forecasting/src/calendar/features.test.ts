import { describe, expect, test } from 'vitest';
import { calendarNames, calendarRows } from './features.js';
import { parseFrequency } from './frequency.js';
import { automaticLags } from './lags.js';

/** The phase in turns that sine and cosine of the first harmonic tell. */
function phases(start: string, frequency: string, options: { name: string; steps: number; zone?: string }): number[] {
  const parsed = parseFrequency(frequency, options.zone ?? 'UTC');
  const names = calendarNames(parsed, [`${options.name}:1`]);
  const rows = calendarRows(Date.parse(start), { frequency: parsed, names, from: 0, to: options.steps });
  return Array.from({ length: options.steps }, (_, step) => {
    const turn = Math.atan2(rows[2 * step]!, rows[2 * step + 1]!) / (2 * Math.PI);
    return Math.round((turn < -1e-6 ? turn + 1 : turn) * 1e4) / 1e4;
  });
}

const rounded = (values: number[]) => values.map((value) => Math.round(value * 1e4) / 1e4);

describe('calendar features', () => {
  test('tell the day of the week, from Monday, before 1970 too', () => {
    const week = rounded([0, 1, 2, 3, 4, 5, 6].map((day) => day / 7));
    expect(phases('2026-11-16T00:00Z', 'day', { name: 'day-of-week', steps: 7 })).toEqual(week);
    expect(phases('1969-12-29T00:00Z', 'day', { name: 'day-of-week', steps: 7 })).toEqual(week);
  });

  test('tell the day of the year, so that it begins anew after a leap year as after any other', () => {
    const days = phases('2023-12-31T00:00Z', 'day', { name: 'day-of-year', steps: 368 });
    expect([days[0], days[1], days[60], days[366], days[367]]).toEqual(rounded([364 / 365, 0, 59 / 366, 365 / 366, 0]));
  });

  test('tell months, days of months and minutes', () => {
    expect(phases('2024-01-31T00:00Z', 'month', { name: 'month', steps: 3 })).toEqual(rounded([0, 1 / 12, 2 / 12]));
    expect(phases('2024-02-28T00:00Z', 'day', { name: 'day-of-month', steps: 3 })).toEqual(
      rounded([27 / 31, 28 / 31, 0]),
    );
    expect(phases('2024-02-28T10:30Z', '15 minutes', { name: 'minute', steps: 3 })).toEqual([0.5, 0.75, 0]);
  });

  test('keep to the clock of the time zone when it changes', () => {
    const hours = phases('2026-03-28T23:00Z', 'hour', { name: 'hour', steps: 4, zone: 'Europe/Berlin' });
    expect(hours).toEqual(rounded([0, 1 / 24, 3 / 24, 4 / 24]));
    const days = phases('2026-03-28T11:00Z', 'day', { name: 'hour', steps: 3, zone: 'Europe/Berlin' });
    expect(days).toEqual([0.5, 0.5, 0.5]);
  });

  test('are named column by column, and a stretch is a stretch of the whole', () => {
    const frequency = parseFrequency('day', 'UTC');
    const names = calendarNames(frequency, ['day-of-week:2', 'age']);
    expect(names).toEqual(['day-of-week sin 1', 'day-of-week cos 1', 'day-of-week sin 2', 'day-of-week cos 2', 'age']);
    const rows = (from: number, to: number) => [...calendarRows(0, { frequency, names, from, to })];
    expect(rows(3, 9)).toEqual(rows(0, 9).slice(3 * 5));
    expect(rows(98, 99)[4]).toBeCloseTo(2, 6);
    expect(new Set(calendarNames(frequency, 'auto')).size).toBe(6 + 4 + 6 + 1);
  });

  test.each([
    [['day-of-weak'], 'did you mean day-of-week?'],
    [['day-of-week:0'], 'is no calendar feature'],
    [['age:2'], 'is no calendar feature'],
  ])('%j is refused', (wanted, message) => {
    expect(() => calendarNames(parseFrequency('day', 'UTC'), wanted)).toThrow(message);
  });

  test('data without time has none but its age', () => {
    const step = parseFrequency('step', 'UTC');
    expect(calendarNames(step, 'auto')).toEqual(['age']);
    expect(() => calendarNames(step, ['month'])).toThrow('the data has none');
  });
});

test.each([
  ['hour', 24, 200, [1, 2, 3, 4, 5, 6, 7, 23, 24, 25, 47, 48, 49, 71, 72, 73, 167, 168, 169]],
  ['day', 7, 400, [1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 15, 20, 21, 22, 363, 364, 365]],
  ['month', 12, 20, [1, 2, 3, 4, 5, 6, 7, 11, 12, 13]],
  ['step', 5, 9, [1, 2, 3, 4, 5, 6, 7, 9]],
])('lags of a %s with a season of %i', (...[frequency, season, longest, expected]) => {
  expect(automaticLags(parseFrequency(frequency, 'UTC'), season, longest)).toEqual(expected);
});
