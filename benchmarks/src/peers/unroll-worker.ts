/** unroll's side of `pnpm bench`: a language model, its trainer and its generation as users get them. */
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-core';
import { randomKey, train, uniform, type TrainingEvent } from '@unroll/core';
import {
  createLanguageModel,
  createLanguageModelingTask,
  generateIds,
  parseLanguageModelConfig,
  type LanguageModel,
} from '@unroll/language-modeling';
import type { Inferred, Memory, Precision, Request, Started, Trained } from '../harness/protocol.js';
import type { ModelShape } from '../models.js';

type StartRequest = Extract<Request, { request: 'start' }>;

/** Windows of random ids before the stream is read again. */
const windowsPerEpoch = 100;

/** A model being measured. */
interface Session {
  readonly model: LanguageModel;
  readonly training: AsyncIterator<TrainingEvent>;
  readonly started: Started;
}

async function startSession(request: StartRequest, engineName: string): Promise<Session> {
  const { shape, threads, precision, seed } = request;
  const engine = await selectEngine(engineName, { threads, precision });
  const config = parseLanguageModelConfig({
    model: {
      cell: 'lstm',
      layers: shape.layers,
      hiddenSize: shape.hiddenSize,
      embeddingSize: shape.embeddingSize,
      dropout: { embedding: shape.dropout, layers: shape.dropout, output: shape.dropout },
      initialization: { kind: 'uniform', scale: 0.05, cellBias: 'uniform' },
      forgetBias: null,
    },
    batches: { batchSize: shape.batchSize, truncationSteps: shape.timeSteps },
    gradientAverage: 'sequence',
    training: {
      epochs: 1_000_000,
      optimizer: { name: 'sgd', learningRate: shape.learningRate },
      clipNorm: shape.clipNorm,
    },
  });
  const key = randomKey(seed);
  const model = createLanguageModel(config, shape.vocabularySize, key);
  const task = createLanguageModelingTask({ config, model, train: randomStream(shape, seed) });
  const events = train(task, { config: config.training, key, clock: () => performance.now() });
  const session = {
    model,
    training: events[Symbol.asyncIterator](),
    started: {
      engine,
      threads,
      parameters: Object.values(model.parameters).reduce((sum, { size }) => sum + size, 0),
    },
  };
  infer(session, 1);
  return session;
}

async function selectEngine(name: string, configuration: { threads: number; precision: Precision }): Promise<string> {
  if (name === 'native') {
    const { configureNative } = await import('@unroll/backend-native');
    const info = configureNative(configuration);
    if (!(await tf.setBackend('native'))) throw new Error('the native engine did not start');
    return `unroll native, ${info.matmul}, ${info.instructionSet}`;
  }
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend(name);
  return `TensorFlow.js ${tf.version_core} ${name}, plain JavaScript, float32`;
}

function randomStream({ vocabularySize, batchSize, timeSteps }: ModelShape, seed: number) {
  const length = batchSize * timeSteps * windowsPerEpoch + 1;
  const ids = Int32Array.from(uniform(randomKey(seed), length), (value) => Math.floor(value * vocabularySize));
  return { name: 'random ids', ids, characters: length };
}

/** Each step is timed as the trainer's user sees it: from asking for the next event to having it. */
async function trainSteps({ training }: Session, steps: number): Promise<Trained> {
  const stepMs: number[] = [];
  let lossNats = Number.NaN;
  let begin = performance.now();
  while (stepMs.length < steps) {
    const { value } = (await training.next()) as IteratorYieldResult<TrainingEvent>;
    if (value.type !== 'step') continue;
    stepMs.push(performance.now() - begin);
    begin = performance.now();
    lossNats = value.loss;
  }
  return { stepMs, lossNats };
}

function infer({ model }: Session, steps: number): Inferred {
  const stepMs: number[] = [];
  let begin = performance.now();
  for (const _ of generateIds(model, [0], { length: steps, key: randomKey(0), greedy: true })) {
    stepMs.push(performance.now() - begin);
    begin = performance.now();
  }
  return { stepMs };
}

function memory(): Memory {
  return { peakBytes: process.resourceUsage().maxRSS * 1024 };
}

async function main(engineName = 'native'): Promise<void> {
  let session: Session | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request;
    if (request.request === 'start') session = await startSession(request, engineName);
    if (session === undefined) throw new Error('the first request must be start');
    process.stdout.write(`${JSON.stringify(await answer(session, request))}\n`);
  }
}

async function answer(session: Session, request: Request): Promise<Started | Trained | Inferred | Memory> {
  switch (request.request) {
    case 'start':
      return session.started;
    case 'train':
      return trainSteps(session, request.steps);
    case 'infer':
      return infer(session, request.steps);
    case 'memory':
      return memory();
  }
}

await main(process.argv[2]);
