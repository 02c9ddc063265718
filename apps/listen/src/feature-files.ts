import { extname } from 'node:path';
import { UsageError } from '@unroll/core/errors';
import { encodeNpy } from './npy.js';

/** Features of a recording, a row a frame. */
export interface FeatureTable {
  /** `[frame, feature]` */
  readonly values: Float32Array;
  /** features of a frame */
  readonly size: number;
  readonly frameSeconds: number;
}

const forms = ['csv', 'npy', 'json'] as const;
export type FeatureForm = (typeof forms)[number];

/** By the ending of a path. @throws {UsageError} `usage/out` for another one */
export function formOf(path: string): FeatureForm {
  const ending = extname(path).slice(1).toLowerCase();
  const form = forms.find((each) => each === ending);
  if (form) return form;
  throw new UsageError('usage/out', `--out ${path} is no table of features; name FILE.csv, FILE.npy or FILE.json`);
}

/** A table as the content of a file. CSV: the time of a frame in seconds, then its features, to nine digits, which are all of float32. */
export function tableText(table: FeatureTable, form: FeatureForm): string | Uint8Array {
  const { values, size, frameSeconds } = table;
  const frames = values.length / size;
  if (form === 'npy') return encodeNpy(values, [frames, size]);
  const rows = Array.from({ length: frames }, (_, t) => values.subarray(t * size, (t + 1) * size));
  if (form === 'json') {
    return `${JSON.stringify({ frameSeconds, features: rows.map((row) => Array.from(row, shortest)) })}\n`;
  }
  const head = ['seconds', ...Array.from({ length: size }, (_, i) => `feature${i + 1}`)].join(',');
  const lines = rows.map((row, t) => [(t * frameSeconds).toFixed(4), ...Array.from(row, shortest)].join(','));
  return `${[head, ...lines].join('\n')}\n`;
}

/** As few digits as give the same float32 again. */
function shortest(value: number): number {
  return Number(value.toPrecision(9));
}
