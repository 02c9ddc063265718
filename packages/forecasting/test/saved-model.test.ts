import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomKey } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import { collectPanelFacts, splitPanel } from '../src/examples.js';
import { configForFacts, matchPanel } from '../src/match-panel.js';
import { createForecastModel } from '../src/model.js';
import { networkForecaster } from '../src/decode.js';
import { parseForecastingConfig } from '../src/presets/index.js';
import { loadForecastModel, saveForecastModel } from '../src/saved-model.js';
import type { Panel } from '../src/types.js';

const folder = mkdtempSync(join(tmpdir(), 'unroll-saved-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const wave = (shift: number) => Float64Array.from({ length: 90 }, (_, i) => 5 + 3 * Math.sin(i / 2 + shift) + i / 40);
const panel: Panel = {
  name: 'waves',
  frequency: { unit: 'day', count: 1, timeZone: 'UTC' },
  targetNames: ['level', 'flow'],
  past: [],
  known: [{ name: 'kind', categories: ['a', 'b', 'c'] }],
  static: [],
  series: ['x', 'y'].map((id, i) => ({
    id,
    start: Date.UTC(2024, 0, 1),
    length: 90,
    targets: [wave(i), wave(i + 0.4)],
    past: [],
    known: [Float64Array.from({ length: 100 }, (_, step) => (step * 7) % 3)],
    static: new Float64Array(0),
  })),
};
const config = parseForecastingConfig({ horizon: 5, model: { name: 'deepar', hiddenSize: 4, layers: 1, paths: 9 } });

async function forecastOf(saved: Awaited<ReturnType<typeof loadForecastModel>>) {
  const forecaster = networkForecaster({ name: 'deepar', ...saved, model: saved.model! });
  const requests = panel.series.map((series) => ({ series, origin: 80 }));
  const means = [];
  for await (const { mean } of forecaster.forecast(requests, { horizon: 5, quantiles: [0.5], key: randomKey(4) }))
    means.push(mean);
  return means;
}

test('a model that was saved forecasts the same; no tensor is left', async () => {
  const before = tf.memory().numTensors;
  const facts = collectPanelFacts(splitPanel(panel, config), config);
  const model = createForecastModel({ config, facts, key: randomKey(3) });
  await saveForecastModel(folder, { config, facts, model });
  const loaded = await loadForecastModel(folder);
  expect(loaded.facts).toEqual(facts);
  expect(loaded.config).toEqual(config);
  expect(await forecastOf(loaded)).toEqual(await forecastOf({ config, facts, model }));
  model.dispose();
  loaded.model!.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('a baseline has no weights; series of another model are noticed', async () => {
  const naive = parseForecastingConfig({ horizon: 5, model: { name: 'naive' } });
  const facts = collectPanelFacts(splitPanel(panel, naive), naive);
  const place = join(folder, 'naive');
  await saveForecastModel(place, { config: naive, facts });
  const loaded = await loadForecastModel(place);
  expect(loaded).toEqual({ config: naive, facts });
  writeFileSync(join(place, 'series.json'), JSON.stringify({ ...facts, seasonality: 9 }));
  await expect(loadForecastModel(place)).rejects.toThrow(
    /series\.json is not the one that was saved with model\.safetensors/,
  );
  await expect(loadForecastModel(join(folder, 'nowhere'))).rejects.toThrow(/lacks config\.json/);
});

test('another file is brought into the order of the model, its categories by their names', () => {
  const facts = collectPanelFacts(splitPanel(panel, config), config);
  const other: Panel = {
    ...panel,
    targetNames: ['flow', 'level'],
    known: [{ name: 'kind', categories: ['c', 'new', 'a'] }],
    series: panel.series.map((each) => ({ ...each, targets: [each.targets[1]!, each.targets[0]!] })),
  };
  const [first] = matchPanel(other, facts).series;
  expect(first!.targets).toEqual(panel.series[0]!.targets);
  expect(Array.from(first!.known[0]!.subarray(0, 3))).toEqual([2, Number.NaN, 0]);
  expect(() => matchPanel({ ...panel, targetNames: ['level', 'price'] }, facts)).toThrow(
    /waves is not of the kind that the model was trained on: of target columns it lacks "flow"; the model has level, flow/,
  );
  expect(() => matchPanel({ ...panel, frequency: { ...panel.frequency, unit: 'hour' } }, facts)).toThrow(
    /a step every hour/,
  );
  expect(configForFacts(config, facts).data).toMatchObject({
    target: ['level', 'flow'],
    known: ['kind'],
    frequency: 'day',
  });
});
