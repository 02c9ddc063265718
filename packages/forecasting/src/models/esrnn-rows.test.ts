import { describe, expect, it } from 'vitest';
import type { PanelFacts, WindowBatch } from '../types.js';
import { alignRows } from './esrnn-rows.js';

const season = [0.5, -0.2, 0.1, -0.4];
const facts = { seriesIds: ['a', 'b'], targetNames: ['y'] } as unknown as PanelFacts;
const unscaled = { transform: 'identity', offset: 0, location: 0, scale: 1 } as const;

/** Windows of 9 steps and a horizon of 2 on a season of 4 steps times 100; `first` is the first observed step of the context. */
function batchOf(windows: readonly { series: number; origin: number; first: number }[]): WindowBatch {
  const width = 11;
  const targets = new Float32Array(windows.length * width);
  const observed = new Float32Array(windows.length * width);
  for (const [row, { origin, first }] of windows.entries()) {
    for (let at = first; at < width; at++) {
      targets[row * width + at] = 100 * Math.exp(season[(origin - 9 + at) % 4]!);
      observed[row * width + at] = 1;
    }
  }
  return {
    batchSize: windows.length,
    channels: 1,
    lagLength: 0,
    contextLength: 9,
    horizon: 2,
    targets,
    observed,
    known: new Float32Array(0),
    knownWidth: 0,
    past: new Float32Array(0),
    pastWidth: 0,
    static: new Float32Array(0),
    staticWidth: 0,
    series: Int32Array.from(windows, ({ series }) => series),
    origin: Int32Array.from(windows, ({ origin }) => origin),
    scalings: windows.map(() => [unscaled]),
  };
}

describe('alignRows', () => {
  const windows = [
    { series: 1, origin: 9, first: 0 },
    { series: -1, origin: 15, first: 0 },
    { series: 0, origin: 11, first: 1 },
  ];

  it('finds the same indices for the same phase, wherever a window begins', () => {
    const { primers, starts } = alignRows(batchOf(windows), { facts, periods: [4], timeSteps: 11 });
    for (let row = 0; row < 3; row++) {
      season.forEach((index, phase) => expect(primers[row * 4 + phase]).toBeCloseTo(index, 5));
    }
    expect([...starts]).toEqual([0, 6, 3]);
  });

  it('moves what is observed to the beginning', () => {
    const { logValues, observed, lengths, places } = alignRows(batchOf(windows), { facts, periods: [4], timeSteps: 9 });
    expect([...lengths]).toEqual([9, 9, 8]);
    expect([...places]).toEqual([1, -1, 0]);
    expect(logValues[2 * 9]).toBeCloseTo(Math.log(100) + season[3]!, 5);
    expect([...observed.subarray(2 * 9)]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0]);
  });

  it('looks at nothing of the horizon for its indices', () => {
    const batch = batchOf(windows);
    for (let row = 0; row < 3; row++) batch.targets.fill(1e9, row * 11 + 9, (row + 1) * 11);
    const { primers } = alignRows(batch, { facts, periods: [3, 4], timeSteps: 11 });
    const untouched = alignRows(batchOf(windows), { facts, periods: [3, 4], timeSteps: 9 });
    expect(primers).toEqual(untouched.primers);
  });
});
