import { appProcesses } from '../../../test/support/app-processes.js';

export { Workplace } from '../../../test/support/app-processes.js';
export const { run, succeed } = appProcesses('forecast');

export interface ShopOptions {
  readonly days: number;
  /** the first day that is written; 0 unless set */
  readonly from?: number;
  readonly shops?: readonly string[];
}

const dayMs = 86_400_000;
const header = 'date,shop,sold,promotion';

/** Sales by day: a week's rhythm, a slow rise, more on days with a promotion, and a little of what nobody foresees. */
export function shopRows({ days, from = 0, shops = ['north', 'south'] }: ShopOptions): readonly string[] {
  return shops.flatMap((shop, place) =>
    Array.from({ length: days - from }, (_, i) => {
      const day = from + i;
      const promotion = (day * 7 + place * 3) % 11 === 0 ? 1 : 0;
      const noise = Math.sin(day * day * 0.7 + place) * 2;
      const sold = 40 + 20 * place + day / 20 + 9 * Math.sin((2 * Math.PI * day) / 7) + 12 * promotion + noise;
      return `${dateOf(day)},${shop},${sold.toFixed(2)},${promotion}`;
    }),
  );
}

export function shopCsv(options: ShopOptions): string {
  return csvOf(shopRows(options));
}

export function csvOf(rows: readonly string[]): string {
  return `${[header, ...rows].join('\n')}\n`;
}

export function dateOf(day: number): string {
  return new Date(Date.UTC(2023, 0, 1) + day * dayMs).toISOString().slice(0, 10);
}

export const shopFlags = ['--time', 'date', '--target', 'sold', '--id', 'shop', '--horizon', '7'] as const;

/** A network that trains in a second, even in plain JavaScript. */
export const tinyModel = [
  'model.hiddenSize=8',
  'model.layers=1',
  'model.paths=20',
  'batches.batchSize=16',
  'batches.stride=3',
].flatMap((setting) => ['--set', setting]);

/** Rows of a CSV text as records. */
export function readCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i] ?? '', cell])));
}
