import { readFileSync } from 'node:fs';
import { BackendError, ConfigError, DataError, UsageError } from '@unroll/core/errors';
import { describe, expect, test } from 'vitest';
import { describeFailure, Interrupted } from './exit-codes.js';

function thrown(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

describe('how a command ends', () => {
  test('a mistake of the user is one line, whatever the message holds', () => {
    const error = new DataError('data/x', 'line one\n  line two');
    expect(describeFailure(error)).toEqual({ exitCode: 1, message: 'unroll: line one line two' });
    expect(describeFailure(new BackendError('backend/x', 'm')).exitCode).toBe(1);
  });

  test('wrong usage and wrong settings are exit code 2', () => {
    expect(describeFailure(new UsageError('usage/x', 'm')).exitCode).toBe(2);
    expect(describeFailure(new ConfigError('config/x', 'm')).exitCode).toBe(2);
  });

  test('an error of the file system names the path and the reason', () => {
    const missing = describeFailure(thrown(() => readFileSync('/nowhere/at/all')));
    expect(missing).toEqual({
      exitCode: 1,
      message: 'unroll: cannot open /nowhere/at/all: no such file or folder (ENOENT)',
    });
  });

  test('a bug is shown with its stack', () => {
    const failure = describeFailure(thrown(() => (undefined as unknown as string[]).length));
    expect(failure.exitCode).toBe(1);
    expect(failure.message).toMatch(/^unroll: this is a bug in unroll.*\nTypeError: .*\n +at /);
  });

  test('an interrupted run has the exit code of its signal', () => {
    expect(describeFailure(new Interrupted('SIGINT', 'saved')).exitCode).toBe(130);
    expect(describeFailure(new Interrupted('SIGTERM', 'saved')).exitCode).toBe(143);
  });
});
