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
  test('a mistake of the user is one line, whatever the message holds', async () => {
    const error = new DataError('data/x', 'line one\n  line two');
    expect(await describeFailure(error)).toEqual({ exitCode: 1, message: 'unroll: line one line two' });
    expect(await describeFailure(new BackendError('backend/x', 'm'))).toMatchObject({ exitCode: 1 });
  });

  test('wrong usage and wrong settings are exit code 2', async () => {
    expect(await describeFailure(new UsageError('usage/x', 'm'))).toMatchObject({ exitCode: 2 });
    expect(await describeFailure(new ConfigError('config/x', 'm'))).toMatchObject({ exitCode: 2 });
  });

  test('an error of the file system names the path and the reason', async () => {
    const missing = await describeFailure(thrown(() => readFileSync('/nowhere/at/all')));
    expect(missing).toEqual({
      exitCode: 1,
      message: 'unroll: cannot open /nowhere/at/all: there is no such file or folder',
    });
  });

  test('a bug is shown with its stack', async () => {
    const failure = await describeFailure(thrown(() => (undefined as unknown as string[]).length));
    expect(failure.exitCode).toBe(1);
    expect(failure.message).toMatch(/^unroll: this is a bug in unroll.*\nTypeError: .*\n +at /);
  });

  test('an interrupted run has the exit code of its signal', async () => {
    expect(await describeFailure(new Interrupted('SIGINT', 'saved'))).toMatchObject({ exitCode: 130 });
    expect(await describeFailure(new Interrupted('SIGTERM', 'saved'))).toMatchObject({ exitCode: 143 });
  });
});
