import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { fusedKernels } from '../src/kernels/fused.js';
import { nativeKernels } from '../src/register-kernels.js';
import { bundleOperatorSuite, jasminePath } from './operator-suite/bundle.js';
import { knownFailures } from './operator-suite/known-failures.js';

interface SuiteResult {
  passed: number;
  pending: number;
  failed: { name: string; message: string }[];
  runs: Record<string, { native: number; fallback: number }>;
}

const folder = join(dirname(fileURLToPath(import.meta.url)), 'operator-suite');

/** tfjs-core's specs in a process of their own, since they replace backends and reset the engine. */
async function runSuite(suite: string, backendName: string): Promise<SuiteResult> {
  const output = `${suite}.${backendName}.json`;
  const env = { ...process.env, UNROLL_SUITE_BACKEND: backendName };
  const child = spawn(process.execPath, [join(folder, 'run.mjs'), jasminePath, suite, output], { env });
  let printed = '';
  child.stderr.on('data', (text: Buffer) => (printed += text.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`the suite ended with code ${String(code)}:\n${printed.slice(-2000)}`);
  return JSON.parse(readFileSync(output, 'utf8')) as SuiteResult;
}

describe("tfjs-core's own operator tests", { timeout: 180_000 }, () => {
  let native: SuiteResult;
  let cpu: SuiteResult;

  beforeAll(async () => {
    const suite = await bundleOperatorSuite();
    native = await runSuite(suite, 'native');
    cpu = await runSuite(suite, 'cpu');
  }, 180_000);

  it('pass on the native backend, but for those listed with a reason', () => {
    const unexpected = native.failed.filter(({ name }) => !(name in knownFailures));
    expect(unexpected).toEqual([]);
    expect(native.passed).toBeGreaterThan(4200);
  });

  it('list no spec that the cpu backend passes', () => {
    const failOnCpu = new Set(cpu.failed.map(({ name }) => name.replace(/\bcpu\b/g, 'native')));
    expect(Object.keys(knownFailures).filter((name) => !failOnCpu.has(name))).toEqual([]);
  });

  it('reach every native kernel that tfjs knows', () => {
    const fused = new Set(fusedKernels.map(({ kernelName }) => kernelName));
    const expected = nativeKernels.map(({ kernelName }) => kernelName).filter((name) => !fused.has(name));
    // tfjs composes logSoftmax of other operations.
    const unreached = expected.filter((name) => name !== 'LogSoftmax' && !((native.runs[name]?.native ?? 0) > 0));
    expect(unreached).toEqual([]);
  });
});
