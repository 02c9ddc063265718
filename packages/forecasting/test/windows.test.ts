import { randomKey } from '@unroll/core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyScaling,
  collectPanelFacts,
  createWindowSource,
  fitScaling,
  invertScaling,
  splitPanel,
  windowsOf,
  type ForecastingConfigInput,
  type SplitBounds,
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

  test('training statistics do not change with what comes later', () => {
    const values = wavy(60);
    const made = prepare({ series: [{ targets: [values] }] }, plain);
    const { trainEnd } = made.split.bounds[0]!;
    const later = values.map((value, t) => (t < trainEnd ? value : -50 * value));
    for (const scaling of ['standard', 'robust', 'max', 'mean-absolute', 'instance'] as const) {
      const [a, b] = [values, later].map(
        (targets) => prepare({ series: [{ targets: [targets] }] }, { ...plain, scaling }).facts.scalings,
      );
      expect(a).toEqual(b);
    }
  });

  test('the context of a short series is padded on the left, a gap is marked and filled', () => {
    const values = [5, 6, NaN, 8, 9, 10, 11];
    const made = prepare(
      { series: [{ targets: [values] }] },
      { ...plain, scaling: 'none', horizon: 2, split: { valid: 0, test: 0 } },
    );
    const [batch] = allWindows(made, 'train');
    const row = batch!.origin.indexOf(3);
    expect([...batch!.targets.subarray(row * 8, row * 8 + 8)]).toEqual([0, 0, 0, 5, 6, 6, 8, 9]);
    expect([...batch!.observed.subarray(row * 8, row * 8 + 8)]).toEqual([0, 0, 0, 1, 1, 0, 1, 1]);
    expect([...batch!.origin].toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5]);
  });

  test('windows with nothing to forecast are left out', () => {
    const values = wavy(60).map((value, t) => (t >= 20 && t < 27 ? NaN : value));
    const made = prepare({ series: [{ targets: [values] }] }, plain);
    const origins = allWindows(made, 'train').flatMap(({ origin }) => [...origin]);
    expect(new Set(origins)).toEqual(
      new Set(Array.from({ length: 39 }, (_, i) => i + 6).filter((o) => o < 20 || o > 23)),
    );
  });

  test('by instance, each window is standardised by what it has seen of its context', () => {
    const values = wavy(60).map((value, t) => (t % 5 === 2 ? NaN : value * 1000 + 1e6));
    const made = prepare({ series: [{ targets: [values] }] }, { ...plain, scaling: 'instance' });
    const [batch] = allWindows(made, 'train');
    for (let row = 0; row < batch!.batchSize; row++) {
      const context = [...batch!.targets.subarray(row * 10, row * 10 + 6)].filter(
        (_, t) => batch!.observed[row * 10 + t] === 1,
      );
      const mean = context.reduce((sum, value) => sum + value, 0) / context.length;
      const squares = context.reduce((sum, value) => sum + value ** 2, 0) / context.length;
      expect(mean).toBeCloseTo(0, 4);
      expect(squares).toBeGreaterThan(0.9);
      expect(squares).toBeLessThan(1.001);
      const back = invertScaling(batch!.scalings[row]![0]!, batch!.targets[row * 10 + 9]!);
      const actual = values[batch!.origin[row]! + 3]!;
      const expected = Number.isNaN(actual) ? back : actual;
      expect(back / expected).toBeCloseTo(1, 6);
    }
  });

  test('a stride takes every such window, others in the next epoch, the same for the same key', () => {
    const made = prepare(
      { series: [{ targets: [wavy(100)] }, { id: 'b', targets: [wavy(90)] }] },
      { ...plain, batches: { stride: 4, batchSize: 7 } },
    );
    const origins = (epoch: number) =>
      allWindows(made, 'train', epoch).flatMap(({ origin, series }) =>
        [...origin].filter((_, row) => series[row] === 0),
      );
    const sorted = origins(0).toSorted((a, b) => a - b);
    const windows = made.split.bounds[0]!.trainEnd - 4 - 6 + 1;
    expect(sorted).toHaveLength(Math.ceil(windows / 4));
    expect(new Set(sorted).size).toBe(sorted.length);
    expect(origins(0)).toEqual(origins(0));
    const seen = new Set(Array.from({ length: 12 }, (_, epoch) => origins(epoch)).flat());
    expect(seen.size).toBe(windows);
    const source = createWindowSource({ ...made, part: 'train' });
    const all = [...(source.batches(1, randomKey(3), 0) as Iterable<WindowBatch>)];
    expect(all).toHaveLength(source.batchesPerEpoch);
    expect([...(source.batches(1, randomKey(3), 3) as Iterable<WindowBatch>)]).toEqual(all.slice(3));
  });

  test('covariates: calendar first, real numbers standardised, categories one-hot, gaps carried on', () => {
    const length = 40;
    const known = [
      Float64Array.from({ length: 44 }, (_, t) => (t === 6 ? NaN : t)),
      Float64Array.from({ length: 44 }, (_, t) => t % 3),
    ];
    const past = [Float64Array.from({ length }, (_, t) => 2 * t)];
    const made = prepare(
      {
        series: [{ targets: [wavy(length)], known, past, static: Float64Array.of(1, 7) }],
        known: [{ name: 'price' }, { name: 'event', categories: ['no', 'half', 'yes'] }],
        past: [{ name: 'visits' }],
        static: [{ name: 'kind', categories: ['a', 'b'] }, { name: 'size' }],
      },
      { ...plain, horizon: 4, features: { calendar: ['age'], lags: [] } },
    );
    const series = made.panel.series[0]!;
    const batch = windowsOf(
      [
        { series, origin: 40 },
        { series, origin: 8 },
      ],
      { ...made, horizon: 4 },
    );
    expect([batch.knownWidth, batch.pastWidth, batch.staticWidth]).toEqual([5, 1, 3]);
    const price = made.facts.covariateScalings.known[0]!;
    const last = [...batch.known.subarray(9 * 5, 10 * 5)];
    expect(last).toEqual([...Float32Array.of(Math.log10(45), applyScaling(price, 43), 0, 1, 0)]);
    // Step 6 of the second window's context has no price: that of step 5 stands for it.
    expect(batch.known[(10 + 4) * 5 + 1]).toBe(Math.fround(applyScaling(price, 5)));
    expect(batch.past[6 + 5]).toBe(Math.fround(applyScaling(made.facts.covariateScalings.past[0]!, 14)));
    expect([...batch.static.subarray(0, 3)]).toEqual([0, 1, 0]);
  });

  test('a known covariate that ends before the horizon is named, with its time', () => {
    const made = prepare(
      {
        frequency: 'hour',
        series: [
          {
            id: 'A',
            start: Date.UTC(2026, 0, 1),
            targets: [wavy(40)],
            known: [Float64Array.from({ length: 42 }, (_, t) => t)],
          },
        ],
        known: [{ name: 'temperature' }],
      },
      plain,
    );
    const request = { series: made.panel.series[0]!, origin: 40 };
    expect(() => windowsOf([request], { ...made, horizon: 4 })).toThrow(
      'temperature has no value at series "A", 2026-01-02T18:00:00',
    );
    expect(windowsOf([request], { ...made, horizon: 2 }).batchSize).toBe(1);
  });

  test('a series that was not in training is scaled by its own history', () => {
    const made = prepare({ series: [{ id: 'a', targets: [wavy(60)] }] }, plain);
    const fresh = panelOf({
      series: [{ id: 'b', targets: [wavy(60).map((value, t) => (t < 30 ? 100 * value : NaN))] }],
    }).series[0]!;
    const batch = windowsOf(
      [
        { series: fresh, origin: 30 },
        { series: made.panel.series[0]!, origin: 30 },
      ],
      { ...made, horizon: 4 },
    );
    expect([...batch.series]).toEqual([-1, 0]);
    expect(batch.scalings[0]![0]).toEqual(fitScaling(fresh.targets[0]!.subarray(0, 30), 'standard'));
    expect(batch.scalings[1]).toEqual(made.facts.scalings[0]);
    expect(Math.max(...batch.targets.subarray(0, 6).map(Math.abs))).toBeLessThan(3);
  });
});

describe('a panel cut by time', () => {
  const cut = (panelInput: PanelInput, input: ForecastingConfigInput, bounds?: SplitBounds[]) =>
    splitPanel(panelOf(panelInput), configOf(input), bounds).bounds.map(({ trainEnd, validEnd, testEnd }) => [
      trainEnd,
      validEnd,
      testEnd,
    ]);
  const one = (length: number, more: Partial<PanelInput> = {}): PanelInput => ({
    series: [{ targets: [wavy(length)] }],
    ...more,
  });

  test.each<[string, number, ForecastingConfigInput, number[]]>([
    ['a tenth each', 200, { horizon: 5 }, [160, 180, 200]],
    ['a horizon each, if that is more', 144, { horizon: 24 }, [96, 120, 144]],
    ['less for short series', 40, { horizon: 12 }, [16, 28, 40]],
    ['then no validation', 30, { horizon: 12 }, [18, 18, 30]],
    ['then no test', 20, { horizon: 12 }, [20, 20, 20]],
    ['steps from the end', 200, { horizon: 5, split: { valid: 30, test: 50 } }, [120, 150, 200]],
    [
      'shares that lose nothing to rounding',
      7588,
      { horizon: 24, split: { train: 0.6, valid: 0.2, test: 0.2 } },
      [4552, 6070, 7588],
    ],
    [
      'from the beginning, the rest unused',
      17420,
      { horizon: 96, split: { train: 8640, valid: 2880, test: 2880 } },
      [8640, 11520, 14400],
    ],
    ['from the beginning, test is the rest', 100, { horizon: 5, split: { train: 60, valid: 10 } }, [60, 70, 100]],
    ['nothing held out', 100, { horizon: 5, split: { valid: 0, test: 0 } }, [100, 100, 100]],
  ])('%s', (...[, length, config, expected]) => {
    expect(cut(one(length), config)).toEqual([expected]);
    expect(cut(one(length, { frequency: 'hour' }), config)).toEqual([expected]);
  });

  test('with time stamps the parts begin at the same time for all series', () => {
    const day = 86_400_000;
    const series = [
      { id: 'a', start: 0, targets: [wavy(100)] },
      { id: 'late', start: 40 * day, targets: [wavy(60)] },
      { id: 'early', start: 0, targets: [wavy(30)] },
      { id: 'between', start: 40 * day + 1, targets: [wavy(59)] },
    ];
    expect(cut({ frequency: 'day', series }, { horizon: 5, split: { valid: 10, test: 20 } })).toEqual([
      [70, 80, 100],
      [30, 40, 60],
      [30, 30, 30],
      [30, 40, 59],
    ]);
    expect(cut({ series }, { horizon: 5, split: { valid: 10, test: 20 } }).map(([end]) => end)).toEqual([
      70, 30, 0, 29,
    ]);
  });

  test('where files said their ends, a validation part that is missing is the end of the training file', () => {
    const bounds = [{ trainEnd: 80, validEnd: 80, testEnd: 100 }];
    expect(cut(one(100), { horizon: 4 }, bounds)).toEqual([[72, 80, 100]]);
    expect(cut(one(100), { horizon: 4, split: { valid: 0 } }, bounds)).toEqual([[80, 80, 100]]);
    expect(cut(one(100), { horizon: 4 }, [{ trainEnd: 60, validEnd: 80, testEnd: 100 }])).toEqual([[60, 80, 100]]);
  });

  test.each<[string, PanelInput, ForecastingConfigInput, string]>([
    ['a horizon longer than the history', one(20), { horizon: 20 }, 'longest series has 20 steps; a horizon of 20'],
    ['a file of one row', one(1), { horizon: 1 }, 'longest series has 1 step;'],
    ['parts that leave nothing', one(30), { horizon: 8, split: { valid: 10, test: 12 } }, 'of which 8 are left'],
    ['parts that are too much', one(30), { horizon: 2, split: { valid: 20, test: 12 } }, 'more than its 30 steps'],
    [
      'a series of nothing',
      { series: [{ id: 'x', targets: [[NaN, NaN]] }] },
      { horizon: 1 },
      'y of series "x" has no value',
    ],
  ])('%s is told', (...[, panelInput, config, message]) => {
    expect(() => cut(panelInput, config)).toThrow(message);
  });

  test('a series that begins after training is scaled by its own history', () => {
    const series = [
      { id: 'a', targets: [wavy(60)] },
      { id: 'new', start: 55, targets: [wavy(5)] },
    ];
    const panel = { frequency: 'second', series: series.map((each) => ({ ...each, start: (each.start ?? 0) * 1000 })) };
    const made = prepare(panel, { ...plain, split: { valid: 5, test: 5 } });
    expect(made.facts.scalings.map((each) => each.length)).toEqual([1, 0]);
    expect(allWindows(made, 'valid').every(({ series }) => !series.includes(1))).toBe(true);
    expect(
      windowsOf([{ series: made.panel.series[1]!, origin: 3 }], { ...made, horizon: 4 }).scalings[0]![0]!.scale,
    ).toBeGreaterThan(0);
  });
});
