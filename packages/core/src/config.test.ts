import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mergeConfig, parseConfig, setByPath } from './config.js';
import { ConfigError } from './errors.js';
import { trainingConfigSchema } from './training/training-config.js';

const runSchema = z.strictObject({ name: z.string().default('run'), training: trainingConfigSchema.prefault({}) });

function errorOf(act: () => unknown): ConfigError {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseConfig', () => {
  it('shows every default', () => {
    const { training } = parseConfig(runSchema, {});
    expect(training).toEqual({
      epochs: 1,
      maxSteps: 0,
      optimizer: { name: 'sgd', learningRate: 1 },
      schedule: { name: 'constant', warmupSteps: 0 },
      clipNorm: 0,
      clipValue: 0,
      accumulationSteps: 1,
      activationBytes: 0,
      regularization: [],
      earlyStopping: { patience: 0, minimumImprovement: 0 },
      evaluateEverySteps: 0,
      checkpointEverySteps: 0,
      keepCheckpoints: 2,
    });
  });

  it('freezes all the way down', () => {
    const { training } = parseConfig(runSchema, { training: { regularization: [{ match: '*' }] } });
    for (const value of [training, training.optimizer, training.regularization, training.regularization[0]]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
  });

  it.each([
    { input: { trainin: {} }, message: 'unroll: unknown key trainin; did you mean training?' },
    { input: { training: { epoch: 3 } }, message: 'unroll: unknown key training.epoch; did you mean training.epochs?' },
    {
      input: { training: { optimizer: { name: 'adam', learningrate: 1 } } },
      message: 'unroll: unknown key training.optimizer.learningrate; did you mean training.optimizer.learningRate?',
    },
    {
      input: { training: { regularization: [{ match: '*' }, { match: '*', L2: 1 }] } },
      message: 'unroll: unknown key training.regularization.1.L2; did you mean training.regularization.1.l2?',
    },
    {
      input: { training: { optimizer: { name: 'sgd', momentum: 1 } } },
      message: 'unroll: unknown key training.optimizer.momentum; did you mean training.optimizer.name?',
    },
  ])('names the nearest known key: $message', ({ input, message }) => {
    const error = errorOf(() => parseConfig(runSchema, input));
    expect(error.code).toBe('config/unknown-key');
    expect(error.message).toBe(message);
  });

  it.each([
    [{ training: { epochs: 'two' } }, /^unroll: training\.epochs cannot be "two": .*number/],
    [{ training: { epochs: 0 } }, /^unroll: training\.epochs cannot be 0: /],
    [{ training: { schedule: { name: 'step' } } }, /^unroll: training\.schedule\.every cannot be nothing: /],
    [{ training: { optimizer: { name: 'lion' } } }, /^unroll: training\.optimizer\.name cannot be "lion": /],
    [null, /^unroll: the configuration cannot be null: /],
  ])('says in one line which value is wrong: %j', (input, message) => {
    const error = errorOf(() => parseConfig(runSchema, input));
    expect(error.code).toBe('config/invalid');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });
});

describe('setByPath', () => {
  it('reads values as JSON, else as text, and leaves the input as it was', () => {
    const input = { training: { epochs: 1, optimizer: { name: 'sgd' } } };
    const changed = setByPath(
      setByPath(input, 'training.optimizer.learningRate', '0.5'),
      'training.optimizer.name',
      'adam',
    );
    expect(changed).toEqual({ training: { epochs: 1, optimizer: { name: 'adam', learningRate: 0.5 } } });
    expect(input).toEqual({ training: { epochs: 1, optimizer: { name: 'sgd' } } });
  });

  it('makes what is missing on the way and reaches into lists', () => {
    expect(setByPath(undefined, 'a.b', 'true')).toEqual({ a: { b: true } });
    expect(setByPath({ groups: [{ l2: 1 }, { l2: 2 }] }, 'groups.1.l2', '3')).toEqual({
      groups: [{ l2: 1 }, { l2: 3 }],
    });
    expect(setByPath({ groups: [1] }, 'groups.1', '2')).toEqual({ groups: [1, 2] });
  });

  it.each([
    [{}, 'a..b', /"a\.\.b" is no key/],
    [{ epochs: 3 }, 'epochs.value', /nothing can be set inside 3/],
    [{ groups: [] }, 'groups.1.l2', /1 is no place in a list of 0/],
    [{ groups: [] }, 'groups.first', /first is no place/],
  ])('refuses a path that leads nowhere: %j %s', (input, path, message) => {
    const error = errorOf(() => setByPath(input, path, '1'));
    expect(error.code).toBe('config/bad-path');
    expect(error.message).toMatch(message);
  });

  it('cannot reach the prototype of objects', () => {
    const changed = setByPath({}, '__proto__.polluted', 'true');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf(changed)).toBe(Object.prototype);
  });
});

describe('mergeConfig', () => {
  it('lays one configuration upon another, and replaces what calls itself differently', () => {
    const base = { a: { b: 1, c: [1, 2] }, model: { name: 'gru', size: 7 }, kept: 3 };
    const over = { a: { c: [3] }, model: { name: 'lstm' }, added: null };
    expect(mergeConfig(base, over)).toEqual({ a: { b: 1, c: [3] }, model: { name: 'lstm' }, kept: 3, added: null });
    expect(mergeConfig(base, { model: { name: 'gru', layers: 2 } })).toMatchObject({
      model: { name: 'gru', size: 7, layers: 2 },
    });
    expect(mergeConfig(undefined, over)).toBe(over);
    expect(mergeConfig(base, undefined)).toBe(base);
  });
});
