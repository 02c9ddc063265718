import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config.js';
import { scheduleFactor, scheduleSchema } from './schedules.js';

/** The factors of steps 0 … `steps` − 1, with `stepsPerEpoch` steps an epoch. */
function factors(input: unknown, { steps = 12, stepsPerEpoch = 2, totalSteps = 12, reductions = 0 } = {}) {
  const schedule = parseConfig(scheduleSchema, input);
  return Array.from({ length: steps }, (_, step) =>
    scheduleFactor(schedule, { step, epoch: Math.floor(step / stepsPerEpoch), totalSteps, reductions }),
  );
}

describe('schedules', () => {
  it('constant', () => {
    expect(factors({ name: 'constant' }, { steps: 3 })).toEqual([1, 1, 1]);
  });

  it('step: one factor every so many epochs or steps', () => {
    const perEpoch = { name: 'step', factor: 0.5, every: 2 };
    expect(factors(perEpoch)).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25]);
    expect(factors({ ...perEpoch, unit: 'step' }, { steps: 5 })).toEqual([1, 1, 0.5, 0.5, 0.25]);
  });

  it('exponential: the Penn Treebank recipe, full rate for 4 epochs, then half of it each epoch', () => {
    const recipe = { name: 'exponential', factor: 0.5, hold: 4 };
    const epochs = factors(recipe, { stepsPerEpoch: 1, steps: 13 });
    // The tutorial's own words: decay ^ max(epoch + 1 − max_epoch, 0), over max_max_epoch = 13 epochs.
    expect(epochs).toEqual([1, 1, 1, 1, ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => 0.5 ** n)]);
  });

  it('exponential: per step from the first on', () => {
    expect(factors({ name: 'exponential', factor: 0.5, unit: 'step' }, { steps: 3 })).toEqual([1, 0.5, 0.25]);
  });

  it('cosine: from 1 over the middle to the least, and stays there', () => {
    const [first, ...rest] = factors({ name: 'cosine', steps: 4, minimumFactor: 0.2 }, { steps: 7 });
    expect(first).toBe(1);
    const expected = [0.2 + 0.4 * (1 + Math.SQRT1_2), 0.6, 0.2 + 0.4 * (1 - Math.SQRT1_2), 0.2, 0.2, 0.2];
    rest.forEach((factor, i) => expect(factor).toBeCloseTo(expected[i]!, 12));
  });

  it('cosine: over the whole run when no length is given', () => {
    expect(factors({ name: 'cosine' }, { totalSteps: 8, steps: 9 })[4]).toBeCloseTo(0.5, 12);
    expect(factors({ name: 'cosine' }, { totalSteps: 8, steps: 9 })[8]).toBeCloseTo(0, 12);
  });

  it('plateau: one factor a reduction, not below the least', () => {
    const schedule = { name: 'plateau', factor: 0.5, minimumFactor: 0.2 };
    expect(factors(schedule, { steps: 1, reductions: 0 })).toEqual([1]);
    expect(factors(schedule, { steps: 1, reductions: 2 })).toEqual([0.25]);
    expect(factors(schedule, { steps: 1, reductions: 3 })).toEqual([0.2]);
  });

  it('warm-up: a straight line to full rate, on top of any schedule', () => {
    expect(factors({ name: 'constant', warmupSteps: 4 }, { steps: 6 })).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
    const decaying = factors({ name: 'step', factor: 0.5, every: 1, warmupSteps: 4 }, { steps: 6 });
    expect(decaying).toEqual([0.25, 0.5, 0.375, 0.5, 0.25, 0.25]);
  });

  it('warm-up: a cosine begins where it ends', () => {
    const warm = factors({ name: 'cosine', steps: 6, warmupSteps: 2 }, { steps: 7 });
    expect(warm.slice(0, 3)).toEqual([0.5, 1, 1]);
    expect(warm[4]).toBeCloseTo(0.5, 12);
    expect(warm[6]).toBeCloseTo(0, 12);
  });
});
