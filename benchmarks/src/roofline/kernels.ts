import { watchKernels, type Span } from '@unroll/core/profiling';
import * as tf from '@tensorflow/tfjs-core';
import type { Precision } from '../harness/protocol.js';
import { mean, summarise } from '../harness/statistics.js';
import type { LanguageModelShape } from '../models.js';
import { startLanguageModel } from '../peers/unroll/language-model.js';
import type { Session } from '../peers/unroll/session.js';
import { floorOf } from './floor.js';
import type { Ceilings, KernelRow, StepRow } from './result.js';

/** A model and those of its kernels that are looked at. */
export interface KernelSubject {
  readonly name: string;
  readonly shape: LanguageModelShape;
  readonly precisions: readonly Precision[];
  readonly kernels: readonly string[];
}

export interface KernelOptions {
  /** sets how every later kernel computes */
  readonly configure: (precision: Precision) => void;
  /** measured; a few more come before them */
  readonly steps: number;
  readonly ceilings: Ceilings;
}

export interface KernelMeasurement {
  readonly step: StepRow;
  readonly kernels: readonly KernelRow[];
}

const warmUpSteps = 4;

interface StepTotal {
  calls: number;
  ms: number;
  operations: number;
  bytes: number;
}

/** Trains a model for some steps in each precision and adds up each kernel's calls, step by step. */
export async function measureKernels(
  { name, shape, precisions, kernels }: KernelSubject,
  { configure, steps, ceilings }: KernelOptions,
): Promise<readonly KernelMeasurement[]> {
  const session = startLanguageModel({ request: 'start', shape, precision: 'float32', threads: 1, seed: 1 });
  const measurements = [];
  for (const precision of precisions) {
    configure(precision);
    await session.run('train', { count: warmUpSteps, budgetMs: Infinity });
    const { stepMs, totals } = await watchSteps(session, steps);
    const rows = [...new Set(totals.flatMap((total) => [...total.keys()]))].map((kernel): KernelRow => {
      const row = summariseKernel(totals.map((total) => total.get(kernel) ?? nothing));
      return { model: name, precision, kernel, ...row, floor: floorOf(row, ceilings, precision) };
    });
    const missing = kernels.find((kernel) => !rows.some((row) => row.kernel === kernel));
    if (missing !== undefined) throw new Error(`${name}: no step ran ${missing}`);
    const floorMs = rows.reduce((sum, { floor }) => sum + floor.ms, 0);
    measurements.push({
      step: { model: name, precision, floorMs, ms: summarise(stepMs) },
      kernels: kernels.map((kernel) => rows.find((row) => row.kernel === kernel)!),
    });
  }
  return measurements;
}

async function watchSteps(session: Session, steps: number) {
  let spans: Span[] = [];
  const stop = watchKernels(tf.getBackend(), { clock: () => performance.now(), onSpan: (span) => spans.push(span) });
  const totals: Map<string, StepTotal>[] = [];
  const stepMs: number[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      spans = [];
      const { ms } = await session.run('train', { count: 1, budgetMs: Infinity });
      stepMs.push(...ms);
      totals.push(addUp(spans));
    }
  } finally {
    stop();
  }
  return { stepMs, totals };
}

const nothing: StepTotal = { calls: 0, ms: 0, operations: 0, bytes: 0 };

/** Means of what is counted, since the rows that a batch names differ from step to step. */
function summariseKernel(totals: readonly StepTotal[]) {
  const meanOf = (key: keyof StepTotal) => mean(totals.map((total) => total[key]));
  const counted = { calls: meanOf('calls'), operations: meanOf('operations'), bytes: Math.round(meanOf('bytes')) };
  return { ...counted, ms: summarise(totals.map(({ ms }) => ms)) };
}

function addUp(spans: readonly Span[]): Map<string, StepTotal> {
  const totals = new Map<string, StepTotal>();
  for (const { name, beginMs, endMs, operations = 0, bytes = 0 } of spans) {
    const { calls, ms, ...work } = totals.get(name) ?? nothing;
    totals.set(name, {
      calls: calls + 1,
      ms: ms + endMs - beginMs,
      operations: work.operations + operations,
      bytes: work.bytes + bytes,
    });
  }
  return totals;
}
