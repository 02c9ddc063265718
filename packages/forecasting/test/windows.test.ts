import { randomKey } from '@unroll/core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyScaling,
  collectPanelFacts,
  createWindowSource,
  invertScaling,
  splitPanel,
  windowsOf,
  type ForecastingConfigInput,
  type WindowBatch,
} from '@unroll/forecasting';
import { configOf, panelOf, wavy, type PanelInput } from './panels.js';

function prepare(panelInput: PanelInput, input: ForecastingConfigInput) {
  const config = configOf(input);
  const panel = panelOf(panelInput);
  const split = splitPanel(panel, config);
  const facts = collectPanelFacts(split, config);
  return { config, panel, split, facts };
}

function allWindows(
  { config, split, facts }: ReturnType<typeof prepare>,
  part: 'train' | 'valid',
  epoch = 0,
): WindowBatch[] {
  return [
    ...(createWindowSource({ split, part, facts, config }).batches(epoch, randomKey(3), 0) as Iterable<WindowBatch>),
  ];
}

const plain: ForecastingConfigInput = { horizon: 4, context: 6, model: { name: 'nlinear' }, batches: { stride: 1 } };

describe('windows of a panel', () => {
  test('hold the scaled values before and after their origin, each window once an epoch', () => {
    const made = prepare({ series: [{ targets: [wavy(60), wavy(60, 2)] }] }, plain);
    const { trainEnd } = made.split.bounds[0]!;
    const origins: number[] = [];
    for (const batch of allWindows(made, 'train')) {
      for (let row = 0; row < batch.batchSize; row++) {
        const origin = batch.origin[row]!;
        origins.push(origin);
        for (const [channel, values] of made.panel.series[0]!.targets.entries()) {
          const at = (row * 2 + channel) * 10;
          const expected = values
            .slice(origin - 6, origin + 4)
            .map((v) => applyScaling(made.facts.scalings[0]![channel]!, v));
          expect([...batch.targets.subarray(at, at + 10)]).toEqual([...Float32Array.from(expected)]);
        }
      }
    }
    expect(origins.toSorted((a, b) => a - b)).toEqual(Array.from({ length: trainEnd - 4 - 6 + 1 }, (_, i) => i + 6));
    expect(origins).not.toEqual(origins.toSorted((a, b) => a - b));
  });

  test('no validation or test index is inside a training window', () => {
    const property = fc.property(
      fc.record({
        lengths: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 4 }),
        horizon: fc.integer({ min: 1, max: 9 }),
        context: fc.integer({ min: 0, max: 20 }),
        stride: fc.integer({ min: 0, max: 7 }),
      }),
      ({ lengths, horizon, context, stride }) => {
        fc.pre(lengths.some((length) => length > horizon));
        const series = lengths.map((length, i) => ({ id: `s${i}`, targets: [wavy(length, i)] }));
        const made = prepare({ series }, { ...plain, horizon, context, batches: { stride, batchSize: 5 } });
        for (const part of ['train', 'valid'] as const) {
          for (const { series: places, origin } of allWindows(made, part)) {
            places.forEach((place, row) => {
              const { trainEnd, validEnd } = made.split.bounds[place]!;
              expect(origin[row]).toBeGreaterThanOrEqual(part === 'train' ? 1 : trainEnd);
              expect(origin[row]! + horizon).toBeLessThanOrEqual(part === 'train' ? trainEnd : validEnd);
            });
          }
        }
      },
    );
    fc.assert(property);
  });

  test('a forecast window knows nothing from its origin on', () => {
    for (const imputation of ['forward', 'linear', 'mean', 'seasonal', 'zero'] as const) {
      const values = wavy(60).map((value, t) => (t % 7 === 3 || (t > 30 && t < 36) ? NaN : value));
      const made = prepare(
        { series: [{ targets: [values] }] },
        { ...plain, data: { imputation }, scaling: 'instance' },
      );
      const changed = panelOf({ series: [{ targets: [values.map((value, t) => (t < 33 ? value : 1000 + t))] }] });
      const [a, b] = [made.panel, changed].map((panel) =>
        windowsOf(
          [
            { series: panel.series[0]!, origin: 33 },
            { series: panel.series[0]!, origin: 20 },
          ],
          { ...made, horizon: 4 },
        ),
      );
      const first = (batch: WindowBatch) => [...batch.targets.subarray(0, 10), ...batch.observed.subarray(0, 10)];
      expect(first(a!)).toEqual(first(b!));
      expect([...a!.observed.subarray(6, 10)]).toEqual([0, 0, 0, 0]);
      const scaling = a!.scalings[0]![0]!;
      expect(invertScaling(scaling, a!.targets[3]!)).toBeCloseTo(values[30]!, 4);
    }
  });
});
