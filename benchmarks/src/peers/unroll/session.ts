import type { Ran, Request, Work } from '../../harness/protocol.js';
import type { Shape } from '../../models.js';

export type StartRequest = Extract<Request, { request: 'start' }>;

/** A start request whose shape is known to be of one task. */
export type StartOf<S extends Shape> = StartRequest & { readonly shape: S };

/** Repetitions of one measured piece of work. */
export interface Repetitions {
  readonly count: number;
  readonly budgetMs: number;
}

/** A model being measured. */
export interface Session {
  readonly parameters: number;
  run(work: Work, repetitions: Repetitions): Ran | Promise<Ran>;
}

/** Times `repeat` again and again: `count` times, fewer once `budgetMs` are over, at least once. */
export function timeRepetitions({ count, budgetMs }: Repetitions, repeat: () => void): Ran {
  const ms: number[] = [];
  const deadline = performance.now() + budgetMs;
  do {
    const begin = performance.now();
    repeat();
    ms.push(performance.now() - begin);
  } while (ms.length < count && performance.now() < deadline);
  return { ms };
}

/** As `timeRepetitions`, of what is awaited. */
export async function timeAwaited({ count, budgetMs }: Repetitions, repeat: () => Promise<void>): Promise<Ran> {
  const ms: number[] = [];
  const deadline = performance.now() + budgetMs;
  do {
    const begin = performance.now();
    await repeat();
    ms.push(performance.now() - begin);
  } while (ms.length < count && performance.now() < deadline);
  return { ms };
}
