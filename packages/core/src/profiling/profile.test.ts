import { expectTrace } from '@unroll/core/testing';
import { describe, expect, test } from 'vitest';
import { ProfileBuilder } from './profile.js';
import { describeProfile, profileTable } from './profile-table.js';
import { pauses, type ProfiledStep, type Span } from './span.js';
import { TraceBuilder } from './trace.js';

function span(name: string, [beginMs, endMs]: readonly [number, number], rest: Partial<Span> = {}): Span {
  return { name, beginMs, endMs, thread: 0, ...rest };
}

/** Twenty milliseconds: two kernels of one name and one of another, pauses, and stages on two threads. */
const first: ProfiledStep = {
  step: 4,
  beginMs: 100,
  endMs: 120,
  kernels: [
    span('Sequence', [101, 105], { operations: 6e8, bytes: 2e6 }),
    span('Sequence', [106, 108], { operations: 2e8, bytes: 1e6 }),
    span('Update', [110, 116], { operations: 0, bytes: 9e7 }),
    span('Gather', [117.5, 118], { operations: 0, bytes: 1e5 }),
  ],
  pauses: [span(pauses.log, [100, 100.5]), span(pauses.data, [117, 119])],
  stages: [
    span('pack', [102, 103], { operations: 7 }),
    span('product', [101.5, 104], { operations: 1e8 }),
    span('product', [101.6, 104.2], { operations: 3e8, thread: 1 }),
    span('gates', [104, 104.75]),
    span('table', [104.2, 104.3], { operations: 9 }),
    span('product', [106.5, 107.5], { operations: 2e8 }),
    span('nobody', [105.2, 105.4]),
  ],
};

/** Ten milliseconds with one kernel. */
const second: ProfiledStep = {
  step: 5,
  beginMs: 120,
  endMs: 130,
  kernels: [span('Update', [121, 129], { operations: 0, bytes: 5e7 })],
  pauses: [],
  stages: [],
};

function profileOf(...steps: readonly ProfiledStep[]) {
  const builder = new ProfileBuilder();
  for (const step of steps) builder.add(step);
  return builder.finish()!;
}

describe('a profile', () => {
  test('is means over the steps, by falling time, and its kernels and pauses are the whole step', () => {
    const { rows, stepMs, steps, stepsBefore } = profileOf(first, second);
    expect({ steps, stepsBefore, stepMs }).toEqual({
      steps: 2,
      stepsBefore: 3,
      stepMs: { mean: 15, minimum: 10, maximum: 20 },
    });
    const whole = rows.filter(({ kind }) => kind !== 'stage');
    const times = whole.map(({ name, callsPerStep, msPerStep }) => [name, callsPerStep, msPerStep]);
    // Of the 20 + 10 ms: 14 Update, 6 Sequence, 0.5 Gather, 0.5 log, 1.5 waiting (without Gather), the rest 7.5.
    expect(times).toEqual([
      ['Update', 1, 7],
      [pauses.rest, 1, 3.75],
      ['Sequence', 1, 3],
      [pauses.data, 0.5, 0.75],
      ['Gather', 0.5, 0.25],
      [pauses.log, 0.5, 0.25],
    ]);
    expect(whole.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  test('the outermost stages of the first thread follow their kernel, with the work of all threads', () => {
    const { rows } = profileOf(first);
    const at = rows.findIndex(({ name }) => name === 'Sequence');
    const stages = rows.slice(at + 1).slice(0, 2);
    expect(stages.map(({ kind, name, callsPerStep, msPerStep }) => [kind, name, callsPerStep, msPerStep])).toEqual([
      ['stage', 'product', 2, 3.5],
      ['stage', 'gates', 1, 0.75],
    ]);
    expect(stages.map(({ operationsPerStep }) => operationsPerStep)).toEqual([1e8 + 3e8 + 2e8, 9]);
    expect(rows.some(({ name }) => name === 'pack' || name === 'table' || name === 'nobody')).toBe(false);
  });

  test('a rate is of what limits the work: arithmetic above eight operations a byte, memory below', () => {
    const rates = Object.fromEntries(profileOf(first).rows.map(({ name, rate }) => [name, rate]));
    expect(rates['Sequence']).toEqual({ value: expect.closeTo(133.3333, 4) as number, unit: 'GFLOP/s' });
    expect(rates['Update']).toEqual({ value: 15, unit: 'GB/s' });
    expect(rates[pauses.rest]).toBe(null);
  });

  test('is a table for people', () => {
    const profile = profileOf(first);
    expect(profileTable(profile).slice(0, 4)).toEqual([
      ['kernel', 'calls', 'ms a step', 'share', 'rate'],
      ['Sequence', '2', '6.000', '30.0 %', '133 GFLOP/s'],
      ['· product', '2', '3.500', '17.5 %', '171 GFLOP/s'],
      ['· gates', '1', '0.750', '3.8 %', '0.0 GFLOP/s'],
    ]);
    expect(profileTable(profile).at(-1)).toEqual(['step', '', '20.00', '100.0 %', '']);
    expect(describeProfile(profile)).toBe('1 step of 20.00 ms (20.00 to 20.00), from step 4 on');
    expect(describeProfile({ ...profile, lostSpans: 3 })).toMatch('; 3 spans of stages found no room');
  });

  test('of no step there is none', () => {
    expect(new ProfileBuilder().finish()).toBe(undefined);
  });
});

describe('a trace', () => {
  function traceOf(limit: number | undefined, ...steps: readonly ProfiledStep[]) {
    const builder = new TraceBuilder(limit);
    for (const step of steps) builder.add(step);
    return builder.finish('training', { engine: 'abacus' });
  }

  test('holds every span in microseconds from the first step on, with its work', () => {
    const trace = traceOf(undefined, first, second);
    const spans = expectTrace(trace);
    expect(spans).toHaveLength(2 + 5 + 2 + 7);
    expect(spans.find(({ name }) => name === 'step 5')).toMatchObject({ cat: 'step', ts: 20_000, dur: 10_000, tid: 0 });
    expect(spans.find(({ tid }) => tid === 1)).toMatchObject({ name: 'product', cat: 'stage', ts: 1600, dur: 2600 });
    const update = spans.find(({ name }) => name === 'Update')!;
    expect(update.args).toEqual({ bytes: 9e7, 'GB/s': 15 });
    expect(trace.otherData).toEqual({ engine: 'abacus' });
  });

  test('a stage that sticks out of its kernel by the difference of two clocks is cut to it', () => {
    const stages = [span('gates', [104, 105.0004])];
    expect(expectTrace(traceOf(undefined, { ...first, stages })).at(-1)).toMatchObject({ ts: 4000, dur: 1000 });
  });

  test('what lies in each other wrongly is noticed', () => {
    const kernels = [span('a', [101, 105]), span('b', [104, 106])];
    const crossed = traceOf(undefined, { ...first, kernels, stages: [] });
    expect(() => expectTrace(crossed)).toThrow('b in a');
    const early = traceOf(undefined, { ...first, kernels: [span('a', [120.5, 121])], stages: [] });
    expect(() => expectTrace(early)).toThrow('a lies in a step');
  });

  test('leaves out whole steps beyond its limit, and says how many', () => {
    const trace = traceOf(14, first, second);
    expect(trace.traceEvents.filter(({ ph }) => ph === 'X')).toHaveLength(14);
    expect(trace.otherData).toMatchObject({ stepsLeftOut: 1 });
  });
});
