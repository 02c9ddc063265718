import { parseConfig } from '@unroll/core';
import {
  forecastingConfigSchema,
  parseFrequency,
  type ForecastingConfig,
  type ForecastingConfigInput,
  type Panel,
  type Series,
} from '@unroll/forecasting';

export function configOf(input: ForecastingConfigInput): ForecastingConfig {
  return parseConfig(forecastingConfigSchema, input);
}

/** What a test says about a series; the rest is empty. */
export type SeriesInput = Partial<Omit<Series, 'targets'>> & { readonly targets: readonly (readonly number[])[] };

export function seriesOf({ targets, ...rest }: SeriesInput): Series {
  return {
    id: '',
    start: 0,
    length: targets[0]!.length,
    targets: targets.map((values) => Float64Array.from(values)),
    past: [],
    known: [],
    static: new Float64Array(0),
    ...rest,
  };
}

export type PanelInput = Partial<Omit<Panel, 'series' | 'frequency'>> & {
  readonly series: readonly SeriesInput[];
  /** `step` unless set */
  readonly frequency?: string;
};

/** A panel that a test made up, with one target `y` unless it says otherwise. */
export function panelOf({ series, frequency = 'step', ...rest }: PanelInput): Panel {
  return {
    name: 'made.csv',
    frequency: parseFrequency(frequency, 'UTC'),
    targetNames: series[0]!.targets.map((_, channel) => (channel === 0 ? 'y' : `y${channel}`)),
    past: [],
    known: [],
    static: [],
    ...rest,
    series: series.map(seriesOf),
  };
}

/** `count` numbers that rise, swing and never repeat. */
export function wavy(count: number, phase = 0): number[] {
  return Array.from({ length: count }, (_, t) => 10 + 0.05 * t + 3 * Math.sin(t * 0.7 + phase) + Math.cos(t * 1.9));
}
