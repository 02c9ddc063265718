import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const main = join(root, 'apps', 'language-model', 'src', 'main.ts');

export interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** drops root's rights, to which no permission says no */
  readonly uid?: number;
}

/** What a shell would type to run the app from its sources. */
export const shellCommand = `'${process.execPath}' --conditions=unroll-source --import tsx '${main}'`;

export function start(args: readonly string[], options: RunOptions = {}): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, ['--conditions=unroll-source', '--import', 'tsx', main, ...args], {
    cwd: root,
    env: { ...process.env, ...options.env },
    ...(options.uid !== undefined && { uid: options.uid }),
  });
  child.stdin.on('error', () => {}); // a command that does not read its input closes it
  child.stdin.end(options.input ?? '');
  return child;
}

export function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout: out.join(''), stderr: err.join('') }));
  });
}

/** Runs the app as a user would, in a process of its own. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return finished(start(args, options));
}

/** For what a test needs before it begins. @throws if the command fails, with what it said */
export async function succeed(args: readonly string[]): Promise<Finished> {
  const result = await run(args);
  if (result.exitCode !== 0) throw new Error(`${args.join(' ')}: exit code ${result.exitCode}\n${result.stderr}`);
  return result;
}

export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'unroll-lm-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A little language: every sentence says where an animal is going, and the next one follows from it. */
export function makeText(sentences: number): string {
  const animals = ['whale', 'gull', 'shark', 'squid', 'seal'];
  const places = ['the bay', 'an island', 'the deep', 'a harbour'];
  return Array.from({ length: sentences }, (_, i) => {
    const animal = animals[(i * i + 3 * i) % animals.length];
    return `the ${animal} swims to ${places[(7 * i) % places.length]}, and then it sleeps.\n`;
  }).join('');
}

/** A model that trains in a second, even in plain JavaScript. */
export const tinyModel = [
  'model.hiddenSize=12',
  'model.layers=1',
  'batches.batchSize=4',
  'batches.truncationSteps=8',
  'training.optimizer.name=adam',
  'training.optimizer.learningRate=0.01',
].flatMap((setting) => ['--set', setting]);

export interface LoggedEvent {
  readonly type: string;
  readonly step: number;
  readonly loss?: number;
  readonly path?: string;
}

export function readLog(folder: string): LoggedEvent[] {
  const lines = readFileSync(join(folder, 'log.jsonl'), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LoggedEvent);
}

/** Waits until the log of a running command shows what `condition` asks for. */
export async function waitForLog(folder: string, condition: (events: LoggedEvent[]) => boolean): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    try {
      if (condition(readLog(folder))) return;
    } catch {
      // not there yet, or its last line is only half there
    }
  }
  throw new Error(`${folder} never showed what was waited for`);
}
