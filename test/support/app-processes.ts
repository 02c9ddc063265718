import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** drops root's rights, to which no permission says no */
  readonly uid?: number;
}

export interface RunOptions extends StartOptions {
  readonly input?: string | Uint8Array;
}

export interface AppProcesses {
  /** what a shell would type to run the app as it was built */
  readonly shellCommand: string;
  /** a process of the app, whose standard input is open */
  readonly start: (args: readonly string[], options?: StartOptions) => ChildProcessWithoutNullStreams;
  /** runs the app as a user would, in a process of its own */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Finished>;
  /** for what a test needs before it begins. @throws if the command fails, with what it said */
  readonly succeed: (args: readonly string[], options?: RunOptions) => Promise<Finished>;
}

/** @param name - of the folder under `apps/` */
export function appProcesses(name: string): AppProcesses {
  const main = join(root, 'apps', name, 'dist', 'main.js');
  const start: AppProcesses['start'] = (args, { env, uid } = {}) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      ...(uid !== undefined && { uid }),
    });
    child.stdin.on('error', () => {}); // a command that does not read its input closes it
    return child;
  };
  const run: AppProcesses['run'] = (args, { input = '', ...options } = {}) => {
    const child = start(args, options);
    child.stdin.end(input);
    return finished(child);
  };
  return {
    shellCommand: [process.execPath, main].map((part) => `'${part}'`).join(' '),
    start,
    run,
    succeed: async (args, options) => {
      const result = await run(args, options);
      if (result.exitCode !== 0) throw new Error(`${args.join(' ')}: exit code ${result.exitCode}\n${result.stderr}`);
      return result;
    },
  };
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

/** A folder of a test's own. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'unroll-app-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
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

/** One training in two ways: interrupted and resumed, and at a stretch. */
export interface TwoWays {
  readonly interrupted: Finished;
  readonly resumed: Finished;
  readonly unbroken: Finished;
}

/**
 * Begins a training, interrupts it after some steps and goes on with it for some more; trains as many steps at a stretch.
 *
 * @param args - of `train`, for more steps than will be taken
 * @param folders - of the runs
 */
export async function trainTwice(
  { start, succeed }: Pick<AppProcesses, 'start' | 'succeed'>,
  args: readonly string[],
  { parts, whole }: { readonly parts: string; readonly whole: string },
): Promise<TwoWays> {
  const common = ['train', ...args, '--threads', '1', '--quiet'];
  const child = start([...common, '--out', parts]);
  child.stdin.end();
  const ended = finished(child);
  await waitForLog(parts, (events) => events.some(({ type, step }) => type === 'step' && step >= 5));
  child.kill('SIGINT');
  const interrupted = await ended;
  const last = String(readLog(parts).at(-1)!.step + 4);
  const [resumed, unbroken] = await Promise.all([
    succeed(['train', '--resume', parts, '--max-steps', last, '--json', '--quiet']),
    succeed([...common, '--max-steps', last, '--out', whole, '--json']),
  ]);
  return { interrupted, resumed, unbroken };
}
