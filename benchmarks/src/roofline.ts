import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { configureNative } from '@unroll/backend-native';
import {
  DropoutMask,
  GruSequence,
  GruSequenceGrad,
  LinearCrossEntropy,
  LstmSequence,
  LstmSequenceGrad,
  OptimizerStep,
  RnnSequence,
  RnnSequenceGrad,
  SumRowsByIndex,
} from '@unroll/core';
import { writeFileAtomically } from '@unroll/core/node';
import * as tf from '@tensorflow/tfjs-core';
import { readCount, runCommandLine } from './command-line.js';
import type { Precision } from './harness/protocol.js';
import { describeRun } from './harness/run-head.js';
import { models, type LanguageModelShape } from './models.js';
import { measureCeilings } from './roofline/ceilings.js';
import { measureKernels, type KernelSubject } from './roofline/kernels.js';
import type { KernelRow, RooflineResult, StepperRow, StepRow } from './roofline/result.js';
import { measureSteppers } from './roofline/steppers.js';

const usage = `Usage: pnpm roofline [options]

Measures what the machine reaches at best (large products, memory, cache), then every fused kernel in the training
steps of the benchmarks' models, and writes benchmarks/results/roofline.json: counted work, the least time that it can
take here, and the time that it took. \`pnpm results\` brings the tables of benchmarks/ROOFLINE.md up to date.

  --steps N    measured training steps of each model (default: 12)
  --threads N  (default: one a core)
  --out FILE   instead of benchmarks/results/roofline.json`;

const folder = fileURLToPath(new URL('..', import.meta.url));
const precisions = ['float32', 'bfloat16'] as const;
const common = [LinearCrossEntropy, OptimizerStep, tf.GatherV2, SumRowsByIndex] as const;

function subjects(): readonly KernelSubject[] {
  const languageModels = (['ptb-small', 'ptb-medium', 'char-512'] as const).map((name) => ({
    name,
    shape: models[name] as LanguageModelShape,
  }));
  return [
    ...languageModels.map((model) => ({ ...model, precisions, kernels: [LstmSequence, LstmSequenceGrad, ...common] })),
    ...languageModels.map(({ name, shape }) => ({
      name,
      shape: { ...shape, cell: 'gru' } as const,
      precisions,
      kernels: [GruSequence, GruSequenceGrad],
    })),
    ...languageModels.map(({ name, shape }) => ({
      name,
      shape: { ...shape, cell: 'elman-tanh' } as const,
      precisions,
      kernels: [RnnSequence, RnnSequenceGrad],
    })),
    // It multiplies nothing, so one precision is enough.
    {
      name: 'ptb-medium',
      shape: models['ptb-medium-dropout'] as LanguageModelShape,
      precisions: ['float32'],
      kernels: [DropoutMask],
    },
  ];
}

async function roofline({ steps, threads, out }: ReturnType<typeof readOptions>): Promise<void> {
  const head = describeRun('pnpm roofline', threads);
  const info = configureNative({ threads });
  if (!(await tf.setBackend('native'))) throw new Error('the native engine did not start');
  const ceilings = measureCeilings(threads);
  const configure = (precision: Precision): void => void configureNative({ precision, threads });
  const kernels: KernelRow[] = [];
  const stepRows: StepRow[] = [];
  for (const subject of subjects()) {
    const { name, shape } = subject;
    console.error(`${name}, ${shape.cell ?? 'lstm'}`);
    for (const measured of await measureKernels(subject, { configure, steps, ceilings })) {
      kernels.push(...measured.kernels);
      if (shape === models[name]) stepRows.push(measured.step);
    }
  }
  const steppers: StepperRow[] = [];
  for (const precision of precisions) steppers.push(...(await measureSteppers(precision, { threads, ceilings })));
  const result: RooflineResult = {
    ...head,
    engine: `${info.matmul}, ${info.instructionSet}`,
    ceilings,
    steps: stepRows,
    kernels,
    steppers,
  };
  await writeFileAtomically(out, `${JSON.stringify(result, null, 2)}\n`);
  console.error(`written to ${out}`);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      steps: { type: 'string', default: '12' },
      threads: { type: 'string', default: String(availableParallelism()) },
      out: { type: 'string', default: `${folder}results/roofline.json` },
    },
  });
  const { steps, threads, out } = values;
  return { steps: readCount('--steps', steps), threads: readCount('--threads', threads), out };
}

await runCommandLine(usage, () => roofline(readOptions()));
