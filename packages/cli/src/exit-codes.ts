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

interface Failure {
  readonly exitCode: number;
  readonly message: string;
}

/**
 * What to print and how to exit: a user's mistake is one line, a bug of ours is shown with its stack. Configuration comes
 * from flags, so a wrong one is wrong usage.
 */
export async function describeFailure(error: unknown): Promise<Failure> {
  if (error instanceof Interrupted) return { exitCode: error.exitCode, message: oneLine(error.message) };
  const told = await tellSystemError(error);
  if (isUnrollError(told)) {
    const usage = /^(usage|config)\//.test(told.code);
    return { exitCode: usage ? exitCodes.usage : exitCodes.failed, message: oneLine(told.message) };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    exitCode: exitCodes.failed,
    message: `unroll: this is a bug in unroll, not a mistake of yours; please report it with these lines\n${stack}`,
  };
}

/** What the operating system refused is the user's to mend, wherever it came from. */
async function tellSystemError(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || isUnrollError(error)) return error;
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  const { fileError } = await import('@unroll/core/node');
  return fileError(error, syscall, path ?? 'a file');
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
