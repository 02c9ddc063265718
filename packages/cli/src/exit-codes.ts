import { isUnrollError } from '@unroll/core/errors';

/** What a shell sees: 0 done, 1 failed, 2 used wrongly, 130 or 143 stopped by SIGINT or SIGTERM (128 + its number). */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

/** A run that was asked to stop and has saved what it had. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals, message: string) {
    super(message);
    this.exitCode = signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
  }
}

/** One line per kind of failure that the operating system reports and the user can mend. */
const systemFailures: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of this path is a file, not a folder',
  EISDIR: 'this is a folder, a file is needed',
  EACCES: 'no permission; choose another path or change its permissions',
  EPERM: 'the system does not allow it; choose another path or change its permissions',
  EROFS: 'the file system is read-only; choose another path',
  ENOSPC: 'no space left on the device; free some or choose another path',
  EDQUOT: 'the disk quota is used up; free some space or choose another path',
  EMFILE: 'too many open files; raise the limit (ulimit -n)',
};

interface Failure {
  readonly exitCode: number;
  readonly message: string;
}

/**
 * What to print and how to exit: a user's mistake is one line, a bug of ours is shown with its stack. Configuration comes
 * from flags, so a wrong one is wrong usage.
 */
export function describeFailure(error: unknown): Failure {
  if (error instanceof Interrupted) return { exitCode: error.exitCode, message: oneLine(error.message) };
  if (isUnrollError(error)) {
    const usage = /^(usage|config)\//.test(error.code);
    return { exitCode: usage ? exitCodes.usage : exitCodes.failed, message: oneLine(error.message) };
  }
  const system = systemFailure(error);
  if (system !== undefined) return { exitCode: exitCodes.failed, message: `unroll: ${system}` };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    exitCode: exitCodes.failed,
    message: `unroll: this is a bug in unroll, not a mistake of yours; please report it with these lines\n${stack}`,
  };
}

function systemFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  const explanation = code === undefined || syscall === undefined ? undefined : systemFailures[code];
  return explanation === undefined ? undefined : `cannot ${syscall} ${path ?? 'a file'}: ${explanation} (${code})`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
