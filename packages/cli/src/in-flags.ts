import { isUnrollError, UnrollError } from '@unroll/core/errors';
import type { Flag } from './app.js';

/**
 * An error about data whose message names settings, `data.time`, by the flags that stand for them, `--time`; others as
 * `--set data.decimal=…`.
 */
export function inFlags(error: unknown, flags: readonly Flag[]): unknown {
  if (!isUnrollError(error)) return error;
  const names = new Map(flags.map(({ setting, usage }) => [setting, usage.replace(/ .*/, '')]));
  const message = error.message.replace(/\bdata\.\w+/g, (path) => names.get(path) ?? `--set ${path}=…`);
  return new UnrollError(error.code, message.replace('unroll: ', ''), { cause: error });
}
