import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finished, makeText, readLog, run, start, succeed, tinyModel, waitForLog, Workplace } from './command-line.js';

const place = new Workplace();
let text = '';
let common: string[] = [];
const whole = place.path('whole');

/** Dropout draws from the random numbers of each step, Adam keeps moments: nothing that resume restores is idle. */
const settings = [...tinyModel, '--set', 'model.dropout.output=0.2', '--set', 'training.checkpointEverySteps=5'];

beforeAll(async () => {
  text = place.write('tale.txt', makeText(200));
  common = ['train', '--data', text, ...settings, '--epochs', '1000', '--quiet'];
  await succeed([...common, '--max-steps', '40', '--out', whole]);
});
afterAll(() => place.remove());

function checkpoint(folder: string, step: number): string {
  return join(folder, 'checkpoints', `step-${String(step).padStart(9, '0')}`);
}

/** Everything that a run is made of, byte by byte. */
function expectSameCheckpoint(actual: string, expected: string): void {
  for (const name of ['parameters.safetensors', 'optimizer.safetensors', 'state.safetensors', 'progress.json']) {
    const same = readFileSync(join(actual, name)).equals(readFileSync(join(expected, name)));
    expect({ name, same }).toEqual({ name, same: true });
  }
}

function losses(folder: string): readonly (number | undefined)[] {
  return readLog(folder).flatMap((event) => (event.type === 'step' ? [event.loss] : []));
}

describe('the same run again', () => {
  test('the same seed gives the same losses and weights, another seed others', async () => {
    const [again, other] = [place.path('again'), place.path('other')];
    await Promise.all([
      run([...common, '--max-steps', '40', '--out', again]),
      run([...common, '--max-steps', '40', '--out', other, '--seed', '2']),
    ]);
    expect(losses(again)).toEqual(losses(whole));
    expectSameCheckpoint(checkpoint(again, 40), checkpoint(whole, 40));
    expect(losses(other)).not.toEqual(losses(whole));
  });

  test('ten steps and thirty more are forty', async () => {
    const parts = place.path('parts');
    await run([...common, '--max-steps', '10', '--out', parts]);
    const { exitCode, stderr } = await run(['train', '--resume', parts, '--max-steps', '40', '--quiet']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(losses(parts)).toEqual(losses(whole));
    expectSameCheckpoint(checkpoint(parts, 40), checkpoint(whole, 40));
  });
});

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test('writes a checkpoint first, and the run goes on from there', async () => {
    const folder = place.path(signal);
    const child = start([...common, '--max-steps', '100000', '--out', folder]);
    const ended = finished(child);
    await waitForLog(folder, (events) => events.some(({ type, step }) => type === 'step' && step >= 7));
    child.kill(signal);
    const { exitCode, stdout, stderr } = await ended;
    expect(exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(stdout).toBe('');
    const last = readLog(folder).at(-1)!;
    expect(last.type).toBe('stopped');
    expect(stderr).toContain(
      `stopped after step ${last.step} and saved it; go on with: unroll-lm train --resume ${folder}`,
    );
    expect(readdirSync(checkpoint(folder, last.step))).toContain('manifest.json');
    const target = last.step + 5;
    const unbroken = place.path(`${signal}-unbroken`);
    const [resumed] = await Promise.all([
      run(['train', '--resume', folder, '--max-steps', String(target), '--quiet']),
      run([...common, '--max-steps', String(target), '--out', unbroken]),
    ]);
    expect(resumed).toMatchObject({ exitCode: 0, stderr: '' });
    expectSameCheckpoint(checkpoint(folder, target), checkpoint(unbroken, target));
  });
});

test('a second signal ends the command at once', async () => {
  const folder = place.path('twice');
  const child = start([...common, '--max-steps', '100000', '--out', folder]);
  const ended = finished(child);
  await waitForLog(folder, (events) => events.some(({ type }) => type === 'step'));
  child.kill('SIGINT');
  child.kill('SIGTERM');
  const { exitCode } = await ended;
  expect([130, 143]).toContain(exitCode);
  // Whatever was on its way, what is left can be resumed or begun anew, and is never half a file.
  const { exitCode: next, stderr } = await run(['train', '--resume', folder, '--max-steps', '5', '--quiet']);
  expect(next === 0 ? '' : stderr).toMatch(/^$|holds no checkpoint/);
});

test('SIGKILL loses only the steps since the last checkpoint', async () => {
  const folder = place.path('killed');
  const child = start([...common, '--max-steps', '100000', '--out', folder]);
  const ended = finished(child);
  await waitForLog(folder, (events) => events.some(({ type, step }) => type === 'checkpoint' && step >= 10));
  child.kill('SIGKILL');
  expect((await ended).signal).toBe('SIGKILL');
  const saved = readLog(folder)
    .filter(({ type }) => type === 'checkpoint')
    .at(-1)!.step;
  const target = Math.max(40, saved + 3);
  const { exitCode, stderr } = await run(['train', '--resume', folder, '--max-steps', String(target), '--quiet']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const steps = readLog(folder).flatMap(({ type, step }) => (type === 'step' ? [step] : []));
  expect(steps).toEqual(Array.from({ length: target }, (_, i) => i + 1));
  const common40 = Math.min(40, steps.length);
  expect(losses(folder).slice(0, common40)).toEqual(losses(whole).slice(0, common40));
});

test('a run goes on only with its own data', async () => {
  const folder = place.path('other-data');
  await run([...common, '--max-steps', '5', '--out', folder]);
  const other = place.write('other.txt', makeText(201));
  const { exitCode, stderr } = await run(['train', '--resume', folder, '--data', other, '--max-steps', '9', '--quiet']);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^unroll: .*other\.txt is not what .* was trained on: trainTokens was \d+, is \d+; resume with the same data\n$/,
  );
  expect((await run(['train', '--resume', folder, '--max-steps', '9', '--quiet'])).exitCode).toBe(0);
});
