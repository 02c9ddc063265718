import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { continuePanel, parseLiveState, serializeLiveState } from '../src/live-state.js';
import type { Panel, Series } from '../src/types.js';

const start = Date.UTC(2024, 0, 1);
const hour = 3_600_000;

function seriesFrom(id: string, first: number, values: readonly number[]): Series {
  const known = Float64Array.from([
    ...values.map((_, i) => first + i),
    first + values.length,
    first + values.length + 1,
  ]);
  return {
    id,
    start: start + first * hour,
    length: values.length,
    targets: [Float64Array.from(values), Float64Array.from(values, (value) => 1 - value / 3)],
    past: [],
    known: [known],
    static: Float64Array.of(id.length),
  };
}

function panelOf(...series: Series[]): Panel {
  return {
    name: 'rows.csv',
    frequency: { unit: 'hour', count: 1, timeZone: 'UTC' },
    targetNames: ['a', 'b'],
    past: [],
    known: [{ name: 'k' }],
    static: [{ name: 's' }],
    series,
  };
}

const ramp = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => (from + i) ** 2 / 7);

describe('continuePanel', () => {
  test('rows in pieces are the rows at once', () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 30 }), (lengths, keep) => {
        let state: Panel | undefined;
        let done = 0;
        for (const length of lengths) {
          const values = ramp(done, done + length);
          const piece = panelOf(seriesFrom('x', done, values), seriesFrom('yy', done, values));
          state = parseLiveState(serializeLiveState(continuePanel(state, piece, keep)), 'state');
          done += length;
        }
        const whole = panelOf(seriesFrom('x', 0, ramp(0, done)), seriesFrom('yy', 0, ramp(0, done)));
        expect(state).toEqual(continuePanel(undefined, whole, keep));
        expect(state!.series[0]!.length).toBe(Math.min(keep, done));
      }),
    );
  });

  test('a gap is missing steps, and a row that comes again replaces the one before', () => {
    const first = panelOf(seriesFrom('x', 0, [1, 2, 3]));
    const late = panelOf(seriesFrom('x', 5, [9]), seriesFrom('new', 5, [4]));
    const again = panelOf(seriesFrom('x', 1, [Number.NaN, 30]));
    const state = [late, again].reduce((panel: Panel, rows) => continuePanel(panel, rows, Infinity), first);
    expect(Array.from(state.series[0]!.targets[0]!)).toEqual([1, 2, 30, Number.NaN, Number.NaN, 9]);
    expect(state.series.map(({ id }) => id)).toEqual(['x', 'new']);
    expect(state.series[0]!.length).toBe(6);
  });

  test('stamps between two steps, other columns and absurd gaps are told in one line', () => {
    const first = panelOf(seriesFrom('x', 0, [1, 2, 3]));
    const between = panelOf({ ...seriesFrom('x', 3, [4]), start: start + 3.5 * hour });
    expect(() => continuePanel(first, between, 9)).toThrow(
      /2024-01-01T03:30:00 is no step of series 'x', which goes on every hour/,
    );
    expect(() => continuePanel(first, { ...between, targetNames: ['a', 'c'] }, 9)).toThrow(
      /had a, b, k, s \(hour\), these have a, c, k, s/,
    );
    const far = panelOf(seriesFrom('x', 3_000_000, [4]));
    expect(() => continuePanel(first, far, 9)).toThrow(/series 'x' ends 2999997 steps before 2366-/);
  });
});

test.each([
  ['no JSON', 'x', 'the whole'],
  [
    'a missing column',
    serializeLiveState(panelOf({ ...seriesFrom('x', 0, [1]), known: [] })),
    "series 'x' has values for other",
  ],
  [
    'a short column',
    serializeLiveState(panelOf({ ...seriesFrom('x', 0, [1]), length: 2 })),
    "series 'x' has values for other",
  ],
])('a state with %s is told from a whole one', (_, text, problem) => {
  expect(() => parseLiveState(text, 'live-state.json')).toThrow(`live-state.json is no state of a series: ${problem}`);
});
