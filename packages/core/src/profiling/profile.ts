import { pauses, type ProfiledStep, type Span } from './span.js';
import { stagesByKernel } from './stages.js';

/** A row of a profile: means over the profiled steps. */
export interface ProfileRow {
  /** `kernel`; `stage`: a part of the kernel row above it; `pause`: time between kernels */
  readonly kind: 'kernel' | 'stage' | 'pause';
  readonly name: string;
  readonly callsPerStep: number;
  readonly msPerStep: number;
  /** of the step's time; those of kernels and pauses add up to 1 */
  readonly share: number;
  readonly operationsPerStep: number;
  readonly bytesPerStep: number;
  /** what limits the work and how fast it went; null where nothing was counted */
  readonly rate: { readonly value: number; readonly unit: 'GFLOP/s' | 'GB/s' } | null;
}

/** Work with fewer operations a byte waits for memory on today's processors, work with more for arithmetic. */
const balance = 8;

/** Where the time of training steps went, as plain data: `profile.json`. */
export interface Profile {
  /** updates before the first one that was measured */
  readonly stepsBefore: number;
  readonly steps: number;
  readonly stepMs: { readonly mean: number; readonly minimum: number; readonly maximum: number };
  /** kernels and pauses by falling time, each kernel followed by its stages */
  readonly rows: readonly ProfileRow[];
  /** spans of stages that found no room: the stages' rows then lack them */
  readonly lostSpans: number;
}

interface Total {
  calls: number;
  ms: number;
  operations: number;
  bytes: number;
  readonly stages: Map<string, Total>;
}

/** Adds up steps as they come, so that their spans need not be kept. */
export class ProfileBuilder {
  readonly #kernels = new Map<string, Total>();
  readonly #pauses = new Map<string, Total>();
  readonly #stepMs: number[] = [];
  #stepsBefore = 0;
  #lostSpans = 0;

  /** @param lostSpans - stages of this step that were not recorded */
  add(step: ProfiledStep, lostSpans = 0): void {
    const stepMs = step.endMs - step.beginMs;
    if (this.#stepMs.length === 0) this.#stepsBefore = step.step - 1;
    this.#stepMs.push(stepMs);
    this.#lostSpans += lostSpans;
    let restMs = stepMs;
    for (const kernel of step.kernels) restMs -= addSpan(this.#kernels, kernel);
    for (const pause of step.pauses) {
      const inside = step.kernels.filter((kernel) => kernel.beginMs >= pause.beginMs && kernel.endMs <= pause.endMs);
      restMs -= addSpan(this.#pauses, pause, duration(pause) - sum(inside.map(duration)));
    }
    addSpan(this.#pauses, { name: pauses.rest, beginMs: 0, endMs: restMs });
    for (const { kernel, stage, elsewhere } of stagesByKernel(step)) {
      const { stages } = this.#kernels.get(kernel)!;
      addSpan(stages, stage);
      const total = stages.get(stage.name)!;
      total.operations += elsewhere.operations;
      total.bytes += elsewhere.bytes;
    }
  }

  /** @returns `undefined` if there was no step */
  finish(): Profile | undefined {
    const steps = this.#stepMs.length;
    if (steps === 0) return undefined;
    const totalMs = sum(this.#stepMs);
    const row = (kind: ProfileRow['kind'], [name, total]: readonly [string, Total]): ProfileRow => ({
      kind,
      name,
      callsPerStep: total.calls / steps,
      msPerStep: total.ms / steps,
      share: total.ms / totalMs,
      operationsPerStep: total.operations / steps,
      bytesPerStep: total.bytes / steps,
      rate: rateOf(total),
    });
    const whole = [
      ...[...this.#kernels].map((entry) => ({ total: entry[1], row: row('kernel', entry) })),
      ...[...this.#pauses].map((entry) => ({ total: entry[1], row: row('pause', entry) })),
    ];
    return {
      stepsBefore: this.#stepsBefore,
      steps,
      stepMs: { mean: totalMs / steps, minimum: Math.min(...this.#stepMs), maximum: Math.max(...this.#stepMs) },
      rows: whole
        .sort(byTime)
        .flatMap(({ total, row: each }) => [
          each,
          ...[...total.stages].sort((a, b) => b[1].ms - a[1].ms).map((entry) => row('stage', entry)),
        ]),
      lostSpans: this.#lostSpans,
    };
  }
}

function rateOf({ operations, bytes, ms }: Total): ProfileRow['rate'] {
  if (ms <= 0 || operations + bytes === 0) return null;
  const arithmetic = operations >= balance * bytes;
  return { value: (arithmetic ? operations : bytes) / ms / 1e6, unit: arithmetic ? 'GFLOP/s' : 'GB/s' };
}

function byTime(a: { readonly total: Total }, b: { readonly total: Total }): number {
  return b.total.ms - a.total.ms;
}

type Counted = Pick<Span, 'name' | 'beginMs' | 'endMs' | 'operations' | 'bytes'>;

/** @returns the milliseconds that were added */
function addSpan(totals: Map<string, Total>, span: Counted, ms = duration(span)): number {
  let total = totals.get(span.name);
  if (!total) totals.set(span.name, (total = { calls: 0, ms: 0, operations: 0, bytes: 0, stages: new Map() }));
  total.calls += 1;
  total.ms += ms;
  total.operations += span.operations ?? 0;
  total.bytes += span.bytes ?? 0;
  return ms;
}

function duration({ beginMs, endMs }: Counted): number {
  return endMs - beginMs;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
