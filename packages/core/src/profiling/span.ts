/** The work that a kernel cannot avoid, whatever its implementation. */
export interface Cost {
  /** multiplications and additions of matrix products, each counted as one; 0 where there is no product */
  readonly operations: number;
  /** every input read once and every output written once */
  readonly bytes: number;
}

/** Something that was done, from when to when. */
export interface Span extends Partial<Cost> {
  /** of a kernel or of a stage inside one: `LstmSequence`, `recurrent product` */
  readonly name: string;
  /** of the profiler's clock, milliseconds */
  readonly beginMs: number;
  readonly endMs: number;
  /** 0 = the thread that JavaScript runs on */
  readonly thread: number;
  /** rows, columns and depth of a matrix product */
  readonly sizes?: readonly number[];
}

/** What the time between two kernels of a step is spent on, as far as it is known. */
export const pauses = {
  data: 'waiting for data',
  log: 'log and progress',
  rest: 'JavaScript between kernels',
} as const;

/** One training step and what was seen of it. Kernels and pauses are on thread 0, in order, and do not overlap. */
export interface ProfiledStep {
  /** 1 for the first update of the run */
  readonly step: number;
  readonly beginMs: number;
  readonly endMs: number;
  readonly kernels: readonly Span[];
  /** named as in `pauses` */
  readonly pauses: readonly Span[];
  /** inside the kernels, of all threads */
  readonly stages: readonly Span[];
}

/** Stages that were recorded; their spans are made when they are asked for, not while a run is being measured. */
export interface TakenStages {
  readonly spans: () => readonly Span[];
  /** how many found no room */
  readonly lost: number;
}

/** An engine that can tell the stages inside its kernels. */
export interface StageSource {
  /** From now on stages are recorded. @param clock - of the spans to come, milliseconds */
  start(clock: () => number): void;
  /** What was recorded since the last call. */
  take(): TakenStages;
  stop(): void;
}
