import { parseConfig, type ByteSource } from '@unroll/core';
import {
  forecastingConfigSchema,
  readPanel,
  type ForecastingConfigInput,
  type ReadPanelResult,
} from '@unroll/forecasting';

export type DataInput = NonNullable<ForecastingConfigInput['data']>;

export function textSource(name: string, text: string | Uint8Array): ByteSource {
  return {
    name,
    async *bytes() {
      yield typeof text === 'string' ? new TextEncoder().encode(text) : text;
    },
  };
}

export interface Read extends ReadPanelResult {
  /** what was said while reading */
  readonly lines: readonly string[];
}

/** A CSV text as a file `sales.csv`, and the files that continue it. */
export async function read(
  train: string | Uint8Array,
  data: DataInput = {},
  more: { readonly valid?: string; readonly test?: string } = {},
): Promise<Read> {
  const { data: config } = parseConfig(forecastingConfigSchema, { data });
  const lines: string[] = [];
  const sources = {
    name: 'sales.csv',
    train: textSource('sales.csv', train),
    ...(more.valid !== undefined && { valid: textSource('valid.csv', more.valid) }),
    ...(more.test !== undefined && { test: textSource('test.csv', more.test) }),
  };
  const result = await readPanel(sources, config, (line) => lines.push(line));
  return { ...result, lines };
}

/** Rows of `time,value` at the given times. */
export function column(times: readonly string[], header = 'time,value'): string {
  return [header, ...times.map((time, index) => `${time},${index + 1.5}`)].join('\n');
}

/** ISO times of `count` steps of `minutes` from a start. */
export function every(minutes: number, start: string, count: number): string[] {
  const first = Date.parse(`${start}Z`);
  return Array.from({ length: count }, (_, i) => new Date(first + i * minutes * 60_000).toISOString().slice(0, 16));
}
