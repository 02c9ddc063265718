import type { SpeedResult } from '../harness/bench-result.js';
import type { MeasureOptions } from '../harness/measure.js';
import type { Precision } from '../harness/protocol.js';
import { models, stacks } from '../models.js';
import { choosePeers, type BenchPeer } from '../peers/peers.js';
import { formatCommandLine, measureCommandLine } from './command-line.js';
import { formatLatency, measureLatency } from './latency.js';
import { formatTraining, measureTraining } from './training.js';

export const speedMeasures = ['training', 'latency', 'command-line'] as const;

export interface SpeedOptions extends Pick<MeasureOptions, 'rounds' | 'turnMs'> {
  readonly measures: readonly (typeof speedMeasures)[number][];
  readonly models: readonly string[];
  /** each model's usual ones unless given */
  readonly precisions: readonly Precision[] | undefined;
  /** those that are there unless given */
  readonly peers: readonly BenchPeer[] | undefined;
  readonly steps: number;
  readonly threads: number;
  readonly log: (text: string) => void;
  /** told what was measured, as soon as it was */
  readonly tell: (text: string) => void;
}

/** Everything that README's tables of speed hold, as far as it is asked for. */
export async function measureSpeed(
  options: SpeedOptions,
): Promise<Pick<SpeedResult, 'training' | 'latency' | 'commandLine'>> {
  const { measures } = options;
  return {
    training: measures.includes('training') ? await measureModels(options) : [],
    latency: measures.includes('latency') ? await measureStacks(options) : [],
    ...(measures.includes('command-line') && { commandLine: await measureApp(options) }),
  };
}

async function measureModels(options: SpeedOptions): Promise<SpeedResult['training']> {
  const comparisons = [];
  for (const model of options.models) {
    const { task } = models[model]!;
    const usual = task === 'language-model' ? (['float32', 'bfloat16'] as const) : (['float32'] as const);
    for (const precision of options.precisions ?? usual) {
      const peers = choosePeers(options.peers, { task, model, precision });
      const log = prefixed(options, `${model}, ${precision}`);
      const comparison = await measureTraining(model, precision, { ...options, peers, log });
      options.tell(formatTraining(comparison));
      comparisons.push(comparison);
    }
  }
  return comparisons;
}

async function measureStacks(options: SpeedOptions): Promise<SpeedResult['latency']> {
  const comparisons = [];
  for (const shape of stacks) {
    const peers = choosePeers(options.peers, { task: 'stack', model: '', precision: 'float32' });
    const log = prefixed(options, `step of ${shape.layers} x ${shape.hiddenSize}`);
    const comparison = await measureLatency(shape, { ...options, peers, log });
    options.tell(formatLatency(comparison));
    comparisons.push(comparison);
  }
  return comparisons;
}

async function measureApp(options: SpeedOptions) {
  const result = await measureCommandLine({ ...options, log: prefixed(options, 'command line') });
  options.tell(formatCommandLine(result));
  return result;
}

function prefixed({ log }: SpeedOptions, subject: string) {
  return (text: string) => log(`${subject}: ${text}`);
}
