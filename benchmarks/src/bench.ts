import { parseArgs } from 'node:util';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { UsageError } from '@unroll/core/errors';
import { writeFileAtomically } from '@unroll/core/node';
import { readCount, readNames, runCommandLine } from './command-line.js';
import { resultVersion, type BenchResult, type ResultHead } from './harness/bench-result.js';
import { describeRun } from './harness/run-head.js';
import { formatAudio, measureAudio } from './measures/audio.js';
import { formatCurve, measureCurves } from './measures/curves.js';
import { formatForecasting, measureForecasting } from './measures/forecasting.js';
import { formatScaling, measureScaling, scalingAxes } from './measures/scaling.js';
import { measureSpeed, speedMeasures, type SpeedOptions } from './measures/speed.js';
import { formatTagging, measureTagging } from './measures/tagging.js';
import { formatTraining } from './measures/training.js';
import { measureTensorFlow } from './measures/tensorflow.js';
import { measureTranslation } from './measures/translation.js';
import { defaultModels, models } from './models.js';
import { findPeer, peers } from './peers/peers.js';

const usage = `Usage: pnpm bench [options]

Measures unroll and its peers in turns and writes benchmarks/results/<date>-<revision>.json: training steps beside
what a large matrix product reaches, steps at batch 1, memory, and the command line's start and generation.

  --measures LIST    of ${speedMeasures.join(', ')} (default: all)
  --models LIST      of ${Object.keys(models).join(', ')} (default: ${defaultModels.join(',')})
  --precisions LIST  of float32, bfloat16 (default: both; models with lengths: float32)
  --peers LIST       of ${peers.map(({ name }) => name).join(', ')}; the first is compared with each other one
                     (default: those that are there, cpu for ptb-small alone)
  --rounds N         turns of every peer (default: 6)
  --steps N          training steps a turn, fewer of slow peers (default: 10)
  --threads N        of every peer (default: one a core)
  --out FILE         instead of benchmarks/results/<date>-<revision>[-scaling|-curves|-forecasting|-tagging|-translation|-audio|-tensorflow].json

  --scaling          measures instead how a step's cost grows with time, batch, hidden size and vocabulary
  --curves           trains instead one epoch of ptb-small in float32 and in bfloat16, for their loss curves
  --forecasting      measures instead an epoch and the sample paths of DeepAR, and the reading of a large CSV file
  --tagging          measures instead the training and tagging of UD English-EWT, and the share of a CRF
  --translation      measures instead a training step of a GRU translator with additive attention
  --audio            measures instead log-mel features, CTC, and a recogniser on whole recordings and live
  --engine NAME      native, or tensorflow: measures instead a training step of ptb-small on TensorFlow, beside tf.layers
                     on the same tfjs-node and the native engine (default: native)`;

interface Options extends SpeedOptions {
  readonly kind: BenchResult['kind'];
  readonly out: string | undefined;
}

/** Each is a flag of its own; the measure of another engine comes by `--engine`. */
const otherKinds = ['scaling', 'curves', 'forecasting', 'tagging', 'translation', 'audio'] as const;

const folder = fileURLToPath(new URL('..', import.meta.url));
/** What a peer may take of a turn for one piece of work, unless a single repetition takes longer. */
const turnMs = 1500;

async function bench(options: Options): Promise<void> {
  const head = { version: resultVersion, ...describeRun('pnpm bench', options.threads) } as const;
  const result = await measureKind(options, head);
  const suffix = options.kind === 'speed' ? '' : `-${options.kind}`;
  const path = options.out ?? `${folder}results/${head.date.slice(0, 10)}-${head.revision}${suffix}.json`;
  await writeFileAtomically(path, `${JSON.stringify(result, null, 2)}\n`);
  options.log(`written to ${path}`);
}

async function measureKind(options: Options, head: ResultHead): Promise<BenchResult> {
  const { kind, rounds, steps } = options;
  switch (kind) {
    case 'speed': {
      const absent = options.peers === undefined ? peers.filter(({ missing }) => missing !== undefined) : [];
      for (const { name, missing } of absent) options.log(`without ${name}: it needs ${missing}`);
      return { ...head, kind, rounds, steps, ...(await measureSpeed(options)) };
    }
    case 'scaling':
      return { ...head, kind, rounds, steps, axes: await measureAxes(options) };
    case 'curves': {
      const curves = await measureCurves(options);
      curves.forEach((curve) => options.tell(formatCurve(curve)));
      return { ...head, kind, curves };
    }
    case 'forecasting': {
      const forecasting = await measureForecasting(options);
      options.tell(formatForecasting(forecasting));
      return { ...head, kind, rounds, forecasting };
    }
    case 'tagging': {
      const tagging = await measureTagging(options);
      options.tell(formatTagging(tagging));
      return { ...head, kind, rounds, tagging };
    }
    case 'translation': {
      const translation = await measureTranslation(options);
      options.tell(formatTraining(translation));
      return { ...head, kind, rounds, steps, translation };
    }
    case 'tensorflow': {
      return { ...head, kind, rounds, steps, tensorflow: await measureTensorFlow(options) };
    }
    case 'audio': {
      const audio = await measureAudio(options);
      options.tell(formatAudio(audio));
      return { ...head, kind, rounds, audio };
    }
  }
}

async function measureAxes(options: Options) {
  const peer = options.peers?.[0] ?? findPeer('unroll');
  const axes = [];
  for (const axis of scalingAxes) {
    const measured = await measureScaling(axis, {
      ...options,
      peer,
      log: (text) => options.log(`against ${axis.name}: ${text}`),
    });
    options.tell(formatScaling(measured));
    axes.push(measured);
  }
  return axes;
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: {
      measures: { ...text, default: speedMeasures.join() },
      models: { ...text, default: defaultModels.join() },
      precisions: text,
      peers: text,
      rounds: { ...text, default: '6' },
      steps: { ...text, default: '10' },
      threads: { ...text, default: String(availableParallelism()) },
      out: text,
      scaling: flag,
      curves: flag,
      forecasting: flag,
      tagging: flag,
      translation: flag,
      audio: flag,
      engine: { ...text, default: 'native' },
    },
  });
  const { precisions, peers } = values;
  const [engine] = readNames('--engine', values.engine, ['native', 'tensorflow'] as const);
  const kinds = [...otherKinds.filter((name) => values[name]), ...(engine === 'tensorflow' ? [engine] : [])];
  const [kind = 'speed', other] = kinds;
  if (other !== undefined) throw new UsageError('usage/value', `--${kind} and ${other} are measured one at a time`);
  return {
    kind,
    measures: readNames('--measures', values.measures, speedMeasures),
    models: readNames('--models', values.models, Object.keys(models)),
    precisions:
      precisions === undefined ? undefined : readNames('--precisions', precisions, ['float32', 'bfloat16'] as const),
    peers: peers?.split(',').map(findPeer),
    rounds: readCount('--rounds', values.rounds),
    steps: readCount('--steps', values.steps),
    threads: readCount('--threads', values.threads),
    out: values.out,
    turnMs,
    log: console.error,
    tell: console.log,
  };
}

await runCommandLine(usage, () => bench(readOptions()));
