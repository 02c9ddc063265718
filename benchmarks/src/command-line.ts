import { isUnrollError, UsageError } from '@unroll/core/errors';

/**
 * Runs a script's command line: `--help` prints the usage; a user's mistake becomes one line and exit code 1, or 2 for
 * a command line that was used wrongly; everything else is a bug and keeps its stack.
 */
export async function runCommandLine(usage: string, main: () => Promise<void>): Promise<void> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    console.log(usage);
    return;
  }
  try {
    await main();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const wrongUse = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS') === true;
    process.exitCode = wrongUse ? 2 : 1;
    console.error(wrongUse || isUnrollError(error) ? message : error);
  }
}

/** The names of a comma-separated list. @throws {UsageError} for one that is not known */
export function readNames<Name extends string>(flag: string, list: string, known: readonly Name[]): readonly Name[] {
  return list.split(',').map((name) => {
    const found = known.find((candidate) => candidate === name);
    if (found === undefined) throw new UsageError('usage/value', `${flag} takes ${known.join(', ')}; got '${name}'`);
    return found;
  });
}

/** @throws {UsageError} for anything but a whole number from `least` on */
export function readCount(flag: string, text: string, least = 1): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(Number.isSafeInteger(value) && value >= least)) {
    throw new UsageError('usage/value', `${flag} needs a whole number from ${least} on, got '${text}'`);
  }
  return value;
}
