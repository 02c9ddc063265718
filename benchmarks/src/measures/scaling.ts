import { formatTiming } from '../harness/comparison.js';
import { fitCost, type CostFit } from '../fit.js';
import { measure, type MeasureOptions, type Timing } from '../harness/measure.js';
import type { LanguageModelShape } from '../models.js';
import type { BenchPeer } from '../peers/peers.js';

/** One size of a model, varied while all others stay. */
export interface ScalingAxis {
  readonly name: string;
  readonly letter: string;
  /** how the cost of a step should grow with it */
  readonly power: 1 | 2;
  readonly values: readonly number[];
  readonly shapeAt: (value: number) => LanguageModelShape;
}

/** What was measured along one axis, its points in turns. */
export interface ScalingResultAxis {
  readonly name: string;
  readonly letter: string;
  readonly power: 1 | 2;
  readonly engine: string;
  readonly points: readonly { readonly value: number; readonly shape: LanguageModelShape; readonly ms: Timing }[];
  readonly fit: CostFit;
}

/** One layer with a small output: the layer's own cost shows. */
const layer: LanguageModelShape = {
  task: 'language-model',
  vocabularySize: 100,
  embeddingSize: 256,
  hiddenSize: 256,
  layers: 1,
  timeSteps: 32,
  batchSize: 32,
  dropout: 0,
  learningRate: 1,
  clipNorm: 5,
};

export const scalingAxes: readonly ScalingAxis[] = [
  {
    name: 'time steps',
    letter: 'T',
    power: 1,
    values: [16, 32, 64, 128, 256],
    shapeAt: (timeSteps) => ({ ...layer, timeSteps }),
  },
  {
    name: 'batch size',
    letter: 'B',
    power: 1,
    values: [8, 16, 32, 64, 128],
    shapeAt: (batchSize) => ({ ...layer, batchSize }),
  },
  {
    // the input is as wide as the hidden state
    name: 'hidden size',
    letter: 'H',
    power: 2,
    values: [128, 256, 512, 1024],
    shapeAt: (hiddenSize) => ({ ...layer, hiddenSize, embeddingSize: hiddenSize }),
  },
  {
    name: 'vocabulary',
    letter: 'V',
    power: 1,
    values: [2500, 5000, 10_000, 20_000, 40_000],
    shapeAt: (vocabularySize) => ({ ...layer, vocabularySize }),
  },
];

export interface ScalingOptions extends MeasureOptions {
  readonly peer: BenchPeer;
  readonly threads: number;
  readonly steps: number;
}

/** Measures a training step of one LSTM layer with its loss in float32 at each point of an axis. */
export async function measureScaling(
  { name, letter, power, values, shapeAt }: ScalingAxis,
  { peer, threads, steps, ...options }: ScalingOptions,
): Promise<ScalingResultAxis> {
  const works = [{ work: 'train', count: steps }] as const;
  const shapes = values.map(shapeAt);
  const subjects = shapes.map((shape) => ({ peer, shape, precision: 'float32' as const, threads, works }));
  const measurements = await measure(subjects, options);
  const points = measurements.map(({ ms }, i) => ({ value: values[i]!, shape: shapes[i]!, ms: ms.train! }));
  // the fastest repetition is what other programs disturbed least: they would add the same to small and large steps
  const costs = points.map(({ value, ms }) => ({ x: value, y: ms.minimum }));
  return { name, letter, power, engine: measurements[0]!.engine, points, fit: fitCost(costs, power) };
}

export function formatScaling({ name, letter, power, points, fit }: ScalingResultAxis): string {
  const expected = power === 1 ? `a + b·${letter}` : `a + b·${letter}²`;
  return [
    `training step of one LSTM layer against ${name}`,
    ...points.map(({ value, ms }) => `  ${letter} = ${value}: ${formatTiming(ms)}`),
    `  grows with ${letter} to the ${fit.exponent.toFixed(2)}; at most ${(100 * fit.deviation).toFixed(1)} % off ${expected}`,
  ].join('\n');
}
