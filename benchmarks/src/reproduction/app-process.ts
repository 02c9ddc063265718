import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TrainingError } from '@unroll/core/errors';

/** Of the repository: where users type their commands. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs a command of an app as a user does. @throws {TrainingError} if it fails, after it has said why on stderr */
export async function runApp(app: string, flags: readonly string[]): Promise<void> {
  await run(app, flags, 'inherit');
}

/** What a command prints with `--json`. */
export async function askApp(app: string, flags: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await run(app, [...flags, '--json'], 'pipe')) as Readonly<Record<string, unknown>>;
}

/** How a user would type it, from the repository's root. */
export function commandLine(app: string, flags: readonly string[]): string {
  return ['pnpm', scripts[app] ?? app, ...flags].join(' ');
}

/** The root's script of an app, by folder. */
const scripts: Readonly<Record<string, string>> = { 'language-model': 'lm', forecast: 'forecast', tag: 'tag' };

/** An interrupt reaches the whole process group: the app saves a checkpoint and ends, and then so do we. */
function waitForApp(): void {}

async function run(app: string, flags: readonly string[], stdout: 'inherit' | 'pipe'): Promise<string> {
  const main = `${root}apps/${app}/src/main.ts`;
  if (!existsSync(main)) throw new Error(`there is no app ${app}: ${main} is missing`);
  const command = ['--conditions=unroll-source', '--import', 'tsx', main, ...flags];
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', stdout, 'inherit'] });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  process.on('SIGINT', waitForApp);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (code === 0) return text;
    const message = `${commandLine(app, flags)} ended with ${signal ?? `exit code ${code}`}`;
    throw new TrainingError('reproduce/command', `${message}; run the same reproduction again to go on with it`);
  } finally {
    process.off('SIGINT', waitForApp);
  }
}
