import type { TrainingEvent } from '../training/events.js';
import type { BatchSource } from '../training/task.js';
import { ProfileBuilder, type Profile } from './profile.js';
import { pauses, type ProfiledStep, type Span, type StageSource, type TakenStages } from './span.js';
import { TraceBuilder, type TraceFile } from './trace.js';
import { watchKernels } from './watch-kernels.js';

export interface StepProfilerOptions {
  /** tfjs' name of the backend whose kernels are watched */
  readonly backendName: string;
  /** how many steps are measured */
  readonly steps: number;
  /** steps before them: memory is allocated and code compiled meanwhile */
  readonly warmUpSteps: number;
  /** milliseconds, for example `performance.now` */
  readonly clock: () => number;
  /** of an engine that tells what happens inside its kernels */
  readonly stages?: StageSource;
}

/** Steps that are kept as they were recorded before they are added up: about 10 MB. */
const stepsKept = 256;

/** A step that was measured but not yet added up, so that the next one is not disturbed. */
interface RecordedStep extends Omit<ProfiledStep, 'stages'> {
  readonly stages: TakenStages;
}

/**
 * Measures some steps of a training run from outside of the trainer: it watches the engine's kernels, the batches as
 * they are asked for and the events as they come. Before and after those steps it costs nothing.
 *
 *   const profiler = new StepProfiler({ … });
 *   for await (const event of profiler.watchEvents(train({ …task, train: profiler.watchBatches(task.train) }, …))) …
 *   profiler.profile(); profiler.trace('training', {});
 *
 * A step's time runs from the event of the step before to its own, so all that the consumer of the events does is in it;
 * evaluations, checkpoints and what is done at their events are left out.
 */
export class StepProfiler {
  readonly #options: StepProfilerOptions;
  readonly #profile = new ProfileBuilder();
  readonly #trace = new TraceBuilder();
  readonly #recorded: RecordedStep[] = [];
  #left: number;
  #stopWatching: (() => void) | undefined;
  #beginMs = 0;
  #kernels: Span[] = [];
  #pauses: Span[] = [];

  constructor(options: StepProfilerOptions) {
    this.#options = options;
    this.#left = options.steps;
  }

  /** True once all steps are measured. */
  get finished(): boolean {
    return this.#left === 0;
  }

  /** What was measured so far; `undefined` before the first step. */
  profile(): Profile | undefined {
    this.#addUp();
    return this.#profile.finish();
  }

  /** @param facts - what the file says of itself, for example the engine */
  trace(processName: string, facts: Readonly<Record<string, string>>): TraceFile {
    this.#addUp();
    return this.#trace.finish(processName, facts);
  }

  /** The same batches; the time until each one comes is noted. */
  watchBatches<Batch>(source: BatchSource<Batch>): BatchSource<Batch> {
    return {
      batchesPerEpoch: source.batchesPerEpoch,
      batches: (epoch, key, from) => this.#timed(source.batches(epoch, key, from)),
    };
  }

  /** The same events. Measuring begins after the event of the last warm-up step, and ends with the last event. */
  async *watchEvents(events: AsyncIterable<TrainingEvent>): AsyncGenerator<TrainingEvent, void> {
    const { warmUpSteps, clock } = this.#options;
    let steps = 0;
    try {
      for await (const event of events) {
        if (event.type === 'step') {
          steps += 1;
          if (this.#stopWatching) this.#finishStep(event.step, clock());
          else if (steps >= warmUpSteps && !this.finished) this.#start();
        }
        const arrivedMs = clock();
        this.#beginMs = arrivedMs;
        yield event;
        const resumedMs = clock();
        if (event.type === 'step') this.#note(pauses.log, arrivedMs, resumedMs);
        else this.#beginStep(resumedMs);
      }
    } finally {
      this.#stop();
    }
  }

  async *#timed<Batch>(batches: Iterable<Batch> | AsyncIterable<Batch>): AsyncGenerator<Batch, void> {
    const { clock } = this.#options;
    const iterator = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
    try {
      for (;;) {
        const beginMs = clock();
        const next = await iterator.next();
        this.#note(pauses.data, beginMs, clock());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  #start(): void {
    const { backendName, clock, stages } = this.#options;
    this.#stopWatching = watchKernels(backendName, { clock, onSpan: (span) => this.#kernels.push(span) });
    stages?.start(clock);
  }

  #stop(): void {
    this.#stopWatching?.();
    if (this.#stopWatching) this.#options.stages?.stop();
    this.#stopWatching = undefined;
  }

  /** Forgets what was seen since the step before, and counts from here. */
  #beginStep(beginMs: number): void {
    this.#beginMs = beginMs;
    this.#kernels = [];
    this.#pauses = [];
    if (this.#stopWatching) this.#options.stages?.take();
  }

  #finishStep(step: number, endMs: number): void {
    const stages = this.#options.stages?.take() ?? { spans: () => [], lost: 0 };
    this.#recorded.push({
      step,
      beginMs: this.#beginMs,
      endMs,
      kernels: this.#kernels,
      pauses: this.#pauses,
      stages,
    });
    if (this.#recorded.length >= stepsKept) this.#addUp();
    this.#kernels = [];
    this.#pauses = [];
    this.#left -= 1;
    if (this.finished) this.#stop();
  }

  #addUp(): void {
    for (const { stages, ...recorded } of this.#recorded.splice(0)) {
      const step = { ...recorded, stages: stages.spans() };
      this.#profile.add(step, stages.lost);
      this.#trace.add(step);
    }
  }

  #note(name: string, beginMs: number, endMs: number): void {
    if (this.#stopWatching) this.#pauses.push({ name, beginMs, endMs, thread: 0 });
  }
}
