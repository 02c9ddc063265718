import { parseConfig } from '@unroll/core';
import { listDatasets, manifestOf, openDataset } from '@unroll/datasets';
import {
  forecastingConfigSchema,
  formatFrequency,
  readPanel,
  splitPanel,
  type ForecastingConfig,
  type Panel,
} from '@unroll/forecasting';
import { expect, test } from 'vitest';

const mirror = process.env['UNROLL_DATASETS_MIRROR'] ?? '';

function configOf(name: string): ForecastingConfig {
  const settings = manifestOf(name).settings?.['forecasting'];
  return parseConfig(forecastingConfigSchema, settings ?? {});
}

async function open(name: string): Promise<{ panel: Panel; trainEnd: number; testEnd: number }> {
  const { splits } = await openDataset(name, { mirror });
  const config = configOf(name);
  const { train, test } = splits;
  const { panel, bounds } = await readPanel({ name, train: train!, ...(test && { test }) }, config.data);
  const [first] = splitPanel(panel, config, bounds).bounds;
  return { panel, trainEnd: first!.trainEnd, testEnd: first!.testEnd };
}

test('the settings of every dataset are a part of the configuration', () => {
  const named = listDatasets().filter((name) => manifestOf(name).settings?.['forecasting'] !== undefined);
  expect(named).toEqual(['airline-passengers', 'etth1', 'exchange-rate', 'm4-hourly', 'm4-weekly', 'us-births']);
  for (const name of named) expect(configOf(name).horizon).toBeGreaterThan(1);
});

test('us-births is read without network: 7,305 days', async () => {
  const { panel, trainEnd, testEnd } = await open('us-births');
  const [series] = panel.series;
  expect(series).toMatchObject({ id: '', start: Date.UTC(1969, 0, 1), length: 7305 });
  expect(series!.targets[0]!.at(-1)).toBe(9133);
  expect(formatFrequency(panel.frequency)).toBe('day');
  expect([trainEnd, testEnd]).toEqual([7305 - 672, 7305]);
});

const fetched = [
  ['airline-passengers', { series: 1, channels: 1, length: 144, frequency: 'month', trainEnd: 108, testEnd: 144 }],
  ['etth1', { series: 1, channels: 7, length: 17_420, frequency: 'hour', trainEnd: 8640, testEnd: 14_400 }],
  ['exchange-rate', { series: 1, channels: 8, length: 7588, frequency: 'step', trainEnd: 4552, testEnd: 7588 }],
  ['m4-hourly', { series: 414, channels: 1, length: 748, frequency: 'step', testEnd: 748 }],
  ['m4-weekly', { series: 359, channels: 1, length: 2192, frequency: 'step', testEnd: 2192 }],
] as const;

test.for(fetched.map(([name, expected]) => ({ name, expected })))(
  '$name is read as its settings say',
  async ({ name, expected }, context) => {
    if (mirror === '') context.skip('the real files are read only where UNROLL_DATASETS_MIRROR says where they are');
    const { panel, trainEnd, testEnd } = await open(name);
    const [first] = panel.series;
    expect({
      series: panel.series.length,
      channels: panel.targetNames.length,
      length: first!.length,
      frequency: formatFrequency(panel.frequency),
      trainEnd,
      testEnd,
    }).toMatchObject(expected);
  },
);
