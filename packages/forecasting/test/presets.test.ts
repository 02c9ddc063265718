import { expect, test } from 'vitest';
import { findPreset, parseForecastingConfig, presets } from '@unroll/forecasting';

test.each(Object.keys(presets))('%s is a whole configuration that can be saved and read back', (name) => {
  const config = parseForecastingConfig(findPreset(name));
  expect(parseForecastingConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
});

test('a preset that is not there is answered with the nearest', () => {
  expect(() => findPreset('deepar-ett')).toThrow(/there is no preset "deepar-ett"; did you mean deepar-etth1\?/);
});
