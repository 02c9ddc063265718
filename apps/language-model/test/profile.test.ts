import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Profile, TraceFile } from '@unroll/core/profiling';
import { expectTrace } from '@unroll/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finished, makeText, run, start, succeed, tinyModel, waitForLog, Workplace } from './command-line.js';

const place = new Workplace();
let common: string[] = [];

beforeAll(() => {
  const text = place.write('tale.txt', makeText(200));
  common = ['train', '--data', text, ...tinyModel, '--epochs', '1000'];
});
afterAll(() => place.remove());

function readProfile(folder: string): Profile {
  return JSON.parse(readFileSync(join(folder, 'profile.json'), 'utf8')) as Profile;
}

function expectProfile(profile: Profile, steps: number, wallMs: number): void {
  expect(profile).toMatchObject({ steps, stepsBefore: 3 });
  const whole = profile.rows.filter(({ kind }) => kind !== 'stage');
  expect(whole.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(whole.reduce((sum, { msPerStep }) => sum + msPerStep, 0)).toBeCloseTo(profile.stepMs.mean, 9);
  expect(profile.stepMs.mean * steps).toBeLessThan(wallMs);
}

describe.each([[], ['--engine', 'cpu']])('train --profile %s %s', (...engine) => {
  const folder = place.path(`profiled-${engine.length}`);

  test('shows a table, and leaves profile.json, trace.json and a section of the report', async () => {
    const beginMs = performance.now();
    const { stderr } = await succeed([...common, ...engine, '--max-steps', '12', '--profile', '5', '--out', folder]);
    const wallMs = performance.now() - beginMs;
    const profile = readProfile(folder);
    expectProfile(profile, 5, wallMs);
    expect(profile.rows.filter(({ kind }) => kind === 'kernel').length).toBeGreaterThan(3);
    expect(stderr).toMatch(
      /profile: 5 steps of \S+ ms .*, from step 4 on\n {2}kernel +calls +ms a step +share +rate\n/,
    );
    expect(stderr).toMatch(/\n {2}JavaScript between kernels .* %/);
    const report = readFileSync(join(folder, 'report.md'), 'utf8');
    expect(report).toContain('## Profile\n\n5 steps of');
    expect(report).toContain('| waiting for data |');
    const spans = expectTrace(JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8')) as TraceFile);
    const steps = spans.filter(({ cat }) => cat === 'step');
    expect(steps.map(({ name }) => name)).toEqual(['step 4', 'step 5', 'step 6', 'step 7', 'step 8']);
    const stepUs = steps.reduce((sum, { dur }) => sum + dur, 0);
    expect(stepUs / 5e3).toBeCloseTo(profile.stepMs.mean, 3);
  });
});

test('--json has the profile in its object and no table on standard error', async () => {
  const folder = place.path('json');
  const { stdout, stderr } = await succeed([...common, '--max-steps', '6', '--profile', '--json', '--out', folder]);
  expect(stderr).not.toContain('JavaScript between kernels');
  const { profile } = JSON.parse(stdout) as { profile: Profile };
  expect(profile.steps).toBe(3);
  expect(readProfile(folder)).toMatchObject(profile);
});

test('an interrupted run shows what was measured so far', async () => {
  const folder = place.path('interrupted');
  const child = start([...common, '--max-steps', '1000000', '--profile', '900000', '--out', folder]);
  const end = finished(child);
  await waitForLog(folder, (events) => events.some(({ step }) => step >= 6));
  child.kill('SIGINT');
  const { exitCode, stderr } = await end;
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/profile: \d+ steps of .* from step 4 on/);
  expect(readProfile(folder).steps).toBeGreaterThanOrEqual(2);
});

test('a run that ends while it warms up says that there is nothing to show', async () => {
  const folder = place.path('short');
  const { stderr } = await succeed([...common, '--max-steps', '2', '--profile', '--out', folder]);
  expect(stderr).toContain('profile: no step was measured, the run ended within its 3 warm-up steps');
  expect(existsSync(join(folder, 'profile.json'))).toBe(false);
});

test('a number of steps that is none is told, and the help says what the flag does', async () => {
  const wrong = await run([...common, '--profile', 'all', '--out', place.path('wrong')]);
  expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
  expect(wrong.stderr.trim()).toBe("unroll: --profile needs a whole number from 1 on, got 'all'");
  const help = await succeed(['train', '--help']);
  expect(help.stdout.replace(/\s+/g, ' ')).toContain('after 3 to warm up (default: 20)');
});
