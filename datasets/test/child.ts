import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from '@unroll/datasets';

const script = fileURLToPath(new URL('open-in-child.ts', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Outcome {
  readonly sha256?: string;
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
}

export interface Child {
  readonly process: ChildProcess;
  /** what it printed, or undefined when it was killed before */
  readonly outcome: Promise<Outcome | undefined>;
}

/**
 * Opens the dataset in another process.
 *
 * @param shellPrefix - shell commands that run first in that process, such as `ulimit`
 */
export async function openInChild(manifest: Manifest, cacheDirectory: string, shellPrefix = ''): Promise<Child> {
  const manifestPath = join(cacheDirectory, 'manifest.json');
  await writeFile(manifestPath, JSON.stringify(manifest));
  const node = [
    process.execPath,
    '--conditions=unroll-source',
    '--import',
    'tsx',
    script,
    manifestPath,
    cacheDirectory,
  ];
  const child = spawn('sh', ['-c', `${shellPrefix} exec "$@"`, 'sh', ...node], {
    cwd: root,
    // A limit on file sizes must not damage the cache that other processes compile from.
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const outcome = new Promise<Outcome | undefined>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(printed === '' ? undefined : (JSON.parse(printed) as Outcome)));
  });
  return { process: child, outcome };
}
