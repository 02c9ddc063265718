import { randomKey, type RandomKey } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import {
  collectPanelFacts,
  createForecastModel,
  networkForecaster,
  splitPanel,
  type Forecast,
  type ForecastingConfigInput,
  type ForecastModel,
  type ForecastRequest,
  type ScaledForecast,
  type WindowBatch,
} from '@unroll/forecasting';
import { sampleQuantile } from '../src/decode.js';
import { configOf, panelOf, wavy } from './panels.js';

const panel = panelOf({ series: [0, 1].map((id) => ({ id: `s${id}`, targets: [wavy(80, id), wavy(80, id + 3)] })) });

function prepare(input: ForecastingConfigInput, predict?: (batch: WindowBatch) => ScaledForecast) {
  const config = configOf({ horizon: 3, context: 6, ...input });
  const facts = collectPanelFacts(splitPanel(panel, config), config);
  const model: ForecastModel = createForecastModel({ config, facts, key: randomKey(2) });
  const told = predict ? { ...model, longestHorizon: 3, predict } : model;
  return { facts, model, forecaster: networkForecaster({ name: 'net', model: told, facts, config }) };
}

async function collect(
  { forecaster }: ReturnType<typeof prepare>,
  requests: Iterable<ForecastRequest>,
  options: { horizon?: number; quantiles?: readonly number[]; samples?: number; key?: RandomKey } = {},
): Promise<Forecast[]> {
  const forecasts: Forecast[] = [];
  const all = { horizon: 3, quantiles: [], key: randomKey(1), ...options };
  for await (const forecast of forecaster.forecast(requests, all)) forecasts.push(forecast);
  return forecasts;
}

const requests = panel.series.map((series, i) => ({ series, origin: 50 + i }));
const model = { name: 'deepar', layers: 1, hiddenSize: 4, paths: 30 } as const;

describe('forecasts of a network', () => {
  // For window w, channel c, step h, level i: a number that no other place has.
  const scaledAt = (w: number, c: number, h: number) => 0.1 * w + 0.03 * c + 0.01 * h;
  const levels = [0.1, 0.5, 0.9];
  const predict = ({ batchSize, channels, horizon }: WindowBatch): ScaledForecast => {
    const mean = Float32Array.from({ length: batchSize * channels * horizon }, (_, i) =>
      scaledAt(Math.floor(i / channels / horizon), Math.floor(i / horizon) % channels, i % horizon),
    );
    const quantiles = new Float32Array(3 * mean.length);
    [-1, 0, 2].forEach((shift, i) =>
      quantiles.set(
        mean.map((value) => value + shift),
        i * mean.length,
      ),
    );
    return { mean, levels, quantiles };
  };

  test('are in the units of each channel of each series, quantiles interpolated', async () => {
    const made = prepare({ model }, predict);
    const forecasts = await collect(made, requests, { quantiles: [0.1, 0.3, 0.5, 0.8] });
    expect(forecasts.length).toBe(2);
    forecasts.forEach(({ mean, quantiles }, w) => {
      mean.forEach((values, c) => {
        const { location, scale } = made.facts.scalings[w]![c]!;
        values.forEach((value, h) => {
          const scaled = scaledAt(w, c, h);
          expect(value).toBeCloseTo(location + scale * scaled, 4);
          // 0.3 lies in the middle of −1 and 0, 0.8 three quarters up from ½ to 0.9
          [-1, -0.5, 0, 1.5].forEach((shift, i) => {
            expect(quantiles![c]![i]![h]).toBeCloseTo(location + scale * (scaled + shift), 4);
          });
        });
      });
    });
    made.forecaster.dispose!();
  });

  test('refuse a level outside of those that they know, and a horizon that is too long', async () => {
    const made = prepare({ model }, predict);
    await expect(collect(made, requests, { quantiles: [0.05] })).rejects.toThrow(
      /net was trained for the quantiles 0.1, 0.5, 0.9, so it cannot say where 0.05 lies/,
    );
    await expect(collect(made, requests, { quantiles: [0.95] })).rejects.toThrow(/where 0.95 lies/);
    await expect(collect(made, requests, { horizon: 4 })).rejects.toMatchObject({ code: 'forecast/horizon' });
    made.forecaster.dispose!();
  });

  test('come one a request, in order, also over several groups', async () => {
    const made = prepare({ model }, predict);
    const many = Array.from({ length: 150 }, (_, i) => ({ series: panel.series[i % 2]!, origin: 20 + (i % 50) }));
    const forecasts = await collect(made, many);
    expect(forecasts.length).toBe(150);
    const { location, scale } = made.facts.scalings[0]![1]!;
    expect(forecasts[130]!.mean[1]![2]).toBeCloseTo(location + scale * scaledAt(130 % 64, 1, 2), 4);
    made.forecaster.dispose!();
  });

  test('drawn as paths have their mean and quantiles, and are given where they are wanted', async () => {
    const made = prepare({ model });
    const [forecast] = await collect(made, requests, { quantiles: [0.25, 0.75], samples: 30, horizon: 8 });
    const { samples, mean, quantiles } = forecast!;
    expect(samples!.map((paths) => paths.length)).toEqual([30, 30]);
    for (const channel of [0, 1]) {
      for (let step = 0; step < 8; step++) {
        const drawn = Float64Array.from(samples![channel]!, (path) => path[step]!).sort();
        expect(mean[channel]![step]).toBeCloseTo(drawn.reduce((sum, value) => sum + value, 0) / 30, 6);
        // (i − ½)/30 = ¼ in the place 8
        expect(quantiles![channel]![0]![step]).toBeCloseTo(drawn[7]!, 6);
        expect(quantiles![channel]![1]![step]).toBeCloseTo(drawn[22]!, 6);
      }
    }
    expect((await collect(made, requests))[0]!.samples).toBeUndefined();
    made.forecaster.dispose!();
  });

  test('stop when they are told to', async () => {
    const made = prepare({ model });
    const signal = AbortSignal.abort(new Error('enough'));
    const run = async () => {
      for await (const _ of made.forecaster.forecast(requests, {
        horizon: 3,
        quantiles: [],
        key: randomKey(1),
        signal,
      }));
    };
    await expect(run()).rejects.toThrow('enough');
    made.forecaster.dispose!();
  });
});

test('a quantile of a sample lies between its neighbours, and never outside of the sample', () => {
  const sorted = Float64Array.of(1, 2, 4, 8);
  expect([0.001, 0.125, 0.25, 0.5, 0.625, 0.999].map((level) => sampleQuantile(sorted, level))).toEqual([
    1, 1, 1.5, 3, 4, 8,
  ]);
  expect(sampleQuantile(Float64Array.of(3), 0.9)).toBe(3);
});
