import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const main = join(root, 'apps', 'forecast', 'src', 'main.ts');

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the app as a user would, in a process of its own. */
export function run(args: readonly string[], input = ''): Promise<Finished> {
  const child = spawn(process.execPath, ['--conditions=unroll-source', '--import', 'tsx', main, ...args], {
    cwd: root,
  });
  child.stdin.on('error', () => {}); // a command that does not read its input closes it
  child.stdin.end(input);
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout: out.join(''), stderr: err.join('') }));
  });
}

/** @throws if the command fails, with what it said */
export async function succeed(args: readonly string[], input = ''): Promise<Finished> {
  const result = await run(args, input);
  if (result.exitCode !== 0) throw new Error(`${args.join(' ')}: exit code ${result.exitCode}\n${result.stderr}`);
  return result;
}

export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'unroll-forecast-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string): string {
    const path = this.path(name);
    writeFileSync(path, content);
    return path;
  }

  read(...names: readonly string[]): string {
    return readFileSync(join(this.folder, ...names), 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

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
