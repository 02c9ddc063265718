import type { ProfiledStep, Span } from './span.js';

/** Spans that a trace keeps: about 25 MB of JSON, which viewers still open at once. */
const spanLimit = 200_000;

/** A complete event of the Trace Event Format; times in microseconds. */
interface CompleteEvent {
  readonly ph: 'X';
  readonly name: string;
  readonly cat: 'step' | 'kernel' | 'pause' | 'stage';
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, number | string>>;
}

interface MetadataEvent {
  readonly ph: 'M';
  readonly name: 'process_name' | 'thread_name' | 'thread_sort_index';
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, number | string>>;
}

export type TraceEvent = CompleteEvent | MetadataEvent;

/** What chrome://tracing and Perfetto open. */
export interface TraceFile {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: Readonly<Record<string, number | string>>;
}

const pid = 1;

/**
 * Steps as spans on time lines, one a thread: Trace Event Format, "JSON Object Format" with complete events. Times
 * begin at the first step. A step is kept whole or not at all.
 */
export class TraceBuilder {
  readonly #steps: ProfiledStep[] = [];
  readonly #limit: number;
  #spans = 0;
  #stepsLeftOut = 0;

  constructor(limit = spanLimit) {
    this.#limit = limit;
  }

  add(step: ProfiledStep): void {
    const spans = step.kernels.length + step.pauses.length + step.stages.length + 1;
    if (this.#spans + spans > this.#limit) {
      this.#stepsLeftOut += 1;
    } else {
      this.#spans += spans;
      this.#steps.push(step);
    }
  }

  /** @param facts - what else the file says of itself, for example the engine */
  finish(processName: string, facts: Readonly<Record<string, string>>): TraceFile {
    const originMs = this.#steps[0]?.beginMs ?? 0;
    const events = this.#steps.flatMap((step) => eventsOf(step, originMs));
    const threads = [...new Set([0, ...events.map(({ tid }) => tid)])].sort((a, b) => a - b);
    const names = threads.flatMap((tid): MetadataEvent[] => [
      { ph: 'M', name: 'thread_name', pid, tid, args: { name: tid === 0 ? 'main' : `worker ${tid}` } },
      { ph: 'M', name: 'thread_sort_index', pid, tid, args: { sort_index: tid } },
    ]);
    return {
      traceEvents: [{ ph: 'M', name: 'process_name', pid, tid: 0, args: { name: processName } }, ...names, ...events],
      displayTimeUnit: 'ms',
      otherData: { ...facts, ...(this.#stepsLeftOut > 0 && { stepsLeftOut: this.#stepsLeftOut }) },
    };
  }
}

function eventsOf({ step, beginMs, endMs, kernels, pauses, stages }: ProfiledStep, originMs: number): CompleteEvent[] {
  const event = (cat: CompleteEvent['cat']) => (span: Span) => completeEvent(cat, span, originMs);
  return [
    event('step')({ name: `step ${step}`, beginMs, endMs, thread: 0 }),
    ...kernels.map(event('kernel')),
    ...pauses.map(event('pause')),
    // Two clocks are compared to place a stage, so it may stick out of its kernel by less than a microsecond.
    ...stages.map((stage) => event('stage')(within(stage, kernels))),
  ];
}

function completeEvent(cat: CompleteEvent['cat'], span: Span, originMs: number): CompleteEvent {
  const { name, thread, beginMs, endMs } = span;
  // Whole nanoseconds: rounding the two ends, not the duration, keeps spans inside each other.
  const [begin, end] = [beginMs, endMs].map((ms) => Math.round((ms - originMs) * 1e6)) as [number, number];
  const args = argumentsOf(span, endMs - beginMs);
  return { ph: 'X', name, cat, ts: begin / 1e3, dur: (end - begin) / 1e3, pid, tid: thread, args };
}

function argumentsOf({ operations = 0, bytes = 0, sizes }: Partial<Span>, ms: number): CompleteEvent['args'] {
  return {
    ...(sizes && { sizes: sizes.join(' x ') }),
    ...(operations > 0 && { operations, 'GFLOP/s': Number((operations / ms / 1e6).toPrecision(4)) }),
    ...(bytes > 0 && { bytes, 'GB/s': Number((bytes / ms / 1e6).toPrecision(4)) }),
  };
}

/** A stage of the main thread, cut to the kernel around its middle. */
function within(stage: Span, kernels: readonly Span[]): Span {
  if (stage.thread !== 0) return stage;
  const middle = (stage.beginMs + stage.endMs) / 2;
  const around = findLastBefore(kernels, middle);
  if (!around || around.endMs < middle) return stage;
  return { ...stage, beginMs: Math.max(stage.beginMs, around.beginMs), endMs: Math.min(stage.endMs, around.endMs) };
}

/** The last span that begins at or before a time, of spans in order. */
function findLastBefore(spans: readonly Span[], ms: number): Span | undefined {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.beginMs <= ms) low = middle + 1;
    else high = middle;
  }
  return spans[low - 1];
}
