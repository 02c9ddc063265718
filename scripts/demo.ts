/**
 * The first thing to try: trains a small character model on Moby-Dick with the same commands that a user would type,
 * prints how well it predicts chapters that it has not seen, and lets it write.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeEngineState } from '@unroll/backend-native';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = join('apps', 'language-model', 'src', 'main.ts');

/** Plain JavaScript computes a hundredth as fast: a smaller model sees a part of the book. */
const smaller = [
  'model.hiddenSize=64',
  'model.embeddingSize=16',
  'batches.truncationSteps=32',
  'training.maxSteps=200',
].flatMap((setting) => ['--set', setting]);

/** The part of what `train --json` prints that is shown here. */
interface Conclusion {
  readonly scores: { readonly test: { readonly bitsPerCharacter: number; readonly tokens: number } };
}

await demo();

async function demo(): Promise<void> {
  const engine = nativeEngineState();
  const folder = freeFolder(join('runs', 'demo'));
  const started = performance.now();
  const training = ['train', '--data', 'moby-dick', '--preset', 'demo', '--out', folder];
  const trained = await lm([...training, ...(engine.status === 'ready' ? [] : smaller), '--json'], 'captured');
  const { test } = (JSON.parse(trained) as Conclusion).scores;
  const seconds = Math.round((performance.now() - started) / 1000);
  say(
    `Held-out bits per character: ${test.bitsPerCharacter.toFixed(3)}  (${test.tokens} characters of chapters it has not seen; ${seconds} s)`,
  );
  await lm(
    [
      'generate',
      '--model',
      folder,
      '--prompt',
      'Call me Ishmael. ',
      '--length',
      '400',
      '--temperature',
      '0.7',
      '--quiet',
    ],
    'shown',
  );
  say(`Curves, samples and settings: ${join(root, folder, 'report.html')}`);
  say(`Next: npx -y pnpm@12 lm generate --model ${folder} --prompt "The white whale" --seed 2`);
  if (engine.status === 'missing')
    say(`Plain JavaScript computed this. The native engine would train a better model in less time: ${engine.hint}`);
}

/** Runs one command of unroll-lm. @returns what it printed, if that is captured */
async function lm(args: readonly string[], results: 'captured' | 'shown'): Promise<string> {
  say(`$ pnpm lm ${args.map((arg) => (arg.includes(' ') ? `"${arg}"` : arg)).join(' ')}`);
  const child = spawn(process.execPath, ['--conditions=unroll-source', '--import', 'tsx', main, ...args], {
    cwd: root,
    stdio: ['ignore', results === 'captured' ? 'pipe' : 'inherit', 'inherit'],
  });
  // Ctrl-C reaches the command as well, which saves its work and then ends.
  process.on('SIGINT', waitForChild);
  const pieces: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  process.off('SIGINT', waitForChild);
  if (exitCode !== 0) process.exit(exitCode);
  return pieces.join('');
}

function waitForChild(): void {}

/** Nothing that an earlier demo left is overwritten. */
function freeFolder(path: string): string {
  for (let number = 1; ; number++) {
    const folder = number === 1 ? path : `${path}-${number}`;
    if (!existsSync(join(root, folder))) return folder;
  }
}

function say(text: string): void {
  console.log(`\n${text}\n`);
}
