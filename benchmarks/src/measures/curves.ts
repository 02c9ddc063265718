import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { TrainingEvent } from '@unroll/core';
import { mean } from '../harness/statistics.js';
import type { Precision } from '../harness/protocol.js';
import { commandLine, root, runApp } from '../reproduction/app-process.js';
import { readTrainingEvents } from '../reproduction/training-log.js';

/** One epoch of ptb-small in one precision. */
export interface PrecisionCurve {
  readonly precision: Precision;
  readonly command: string;
  /** mean training loss of the `stride` steps up to `step`, in nats per word */
  readonly losses: readonly { readonly step: number; readonly lossNats: number }[];
  /** after the epoch */
  readonly validPerplexity: number;
}

export interface CurvesOptions {
  readonly threads: number;
  readonly log: (text: string) => void;
}

/** Steps that a point of a curve is the mean of. */
const stride = 50;
const app = 'language-model';

/** Trains one epoch of ptb-small, same seed and batches, in each precision, from the command line. */
export async function measureCurves({ threads, log }: CurvesOptions): Promise<readonly PrecisionCurve[]> {
  const curves: PrecisionCurve[] = [];
  for (const precision of ['float32', 'bfloat16'] as const) {
    log(precision);
    const run = join('runs', 'curves', `ptb-small-${precision}`);
    await rm(resolve(root, run), { recursive: true, force: true });
    const data = ['--data', 'ptb', '--preset', 'ptb-small', '--epochs', '1', '--seed', '1'];
    const flags = ['train', ...data, '--precision', precision, '--out', run, '--threads', String(threads)];
    await runApp(app, flags);
    const events = await readTrainingEvents(resolve(root, run, 'log.jsonl'));
    curves.push({ precision, command: commandLine(app, flags), ...digestCurve(events) });
  }
  return curves;
}

/** @param events - of a run that was not interrupted */
export function digestCurve(events: readonly TrainingEvent[]) {
  const steps = events.flatMap((event) => (event.type === 'step' ? [event] : []));
  const ends = steps.filter((_, i) => (i + 1) % stride === 0 || i === steps.length - 1);
  const losses = ends.map(({ step }) => {
    const begin = Math.floor((step - 1) / stride) * stride;
    return { step, lossNats: mean(steps.slice(begin, step).map(({ loss }) => loss)) };
  });
  const perplexities = events.flatMap((event) => (event.type === 'evaluation' ? [event.scores['perplexity']!] : []));
  return { losses, validPerplexity: perplexities.at(-1)! };
}

export function formatCurve({ precision, losses, validPerplexity }: PrecisionCurve): string {
  const last = losses.at(-1)!;
  const trained = `training loss ${last.lossNats.toFixed(3)} nats at step ${last.step}`;
  return `ptb-small, ${precision}: ${trained}, validation perplexity ${validPerplexity.toFixed(2)}`;
}
