import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { calls } from './calls/index.js';

const main = fileURLToPath(new URL('fuzz/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'unroll-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const seconds = Number(process.env['UNROLL_FUZZ_SECONDS'] ?? 8);
/** Beyond its time, for starting, for the last call and for a machine with other work. */
const patienceMs = 60_000;

interface Counts {
  accepted: Record<string, number>;
  refused: Record<string, number>;
}

/** Runs the calls in a process of their own: one that dies or hangs is a finding, and its last call is known. */
async function fuzz(): Promise<Counts> {
  const progress = join(folder, 'progress');
  const child = spawn(process.execPath, ['--conditions=unroll-source', '--import', 'tsx', main], {
    env: { ...process.env, UNROLL_FUZZ_SECONDS: String(seconds), UNROLL_FUZZ_PROGRESS: progress },
    timeout: 1000 * seconds + patienceMs,
    killSignal: 'SIGKILL',
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (part) => (text.stdout += String(part)));
  child.stderr.on('data', (part) => (text.stderr += String(part)));
  const how = await new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? String(code)));
  });
  if (how !== '0') {
    const last = readFileSync(progress, 'utf8').trim();
    const cause = how === 'SIGKILL' ? 'a call does not end' : `the process ended by ${how}`;
    throw new Error(`${cause}; the last call: UNROLL_FUZZ_CALL="${last}"\n${text.stderr.slice(-5000)}`);
  }
  return JSON.parse(text.stdout.trim().split('\n').at(-1)!) as Counts;
}

it(
  'no arguments crash the engine, hang it, or make it write outside of its arrays',
  async () => {
    const { accepted, refused } = await fuzz();
    for (const name of Object.keys(calls)) expect(accepted[name], `accepted calls of ${name}`).toBeGreaterThan(0);
    expect(Object.keys(refused).length).toBeGreaterThan(Object.keys(calls).length / 2);
  },
  1000 * seconds + 2 * patienceMs,
);
