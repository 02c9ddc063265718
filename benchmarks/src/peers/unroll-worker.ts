/** unroll's side of `pnpm bench`: what the packages offer, as users get it. */
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-core';
import type { Answers, Precision, Request } from '../harness/protocol.js';
import type {
  CtcShape,
  LanguageModelShape,
  LogMelShape,
  ProductsShape,
  RecognizerShape,
  SentenceTaggerShape,
  StackShape,
  TaggerShape,
  TranslatorShape,
} from '../models.js';
import { peakBytes } from '../peak-bytes.js';
import { startCtc } from './unroll/ctc.js';
import { startLanguageModel } from './unroll/language-model.js';
import { startLogMel } from './unroll/log-mel.js';
import { startProducts } from './unroll/products.js';
import { startRecognizer } from './unroll/recognizer.js';
import { startSentenceTagger } from './unroll/sentence-tagger.js';
import type { Session, StartOf, StartRequest } from './unroll/session.js';
import { startStack } from './unroll/stack.js';
import { startTagger } from './unroll/tagger.js';
import { startTranslator } from './unroll/translator.js';

function startSession(request: StartRequest): Session | Promise<Session> {
  switch (request.shape.task) {
    case 'language-model':
      return startLanguageModel(request as StartOf<LanguageModelShape>);
    case 'tagger':
      return startTagger(request as StartOf<TaggerShape>);
    case 'sentence-tagger':
      return startSentenceTagger(request as StartOf<SentenceTaggerShape>);
    case 'translator':
      return startTranslator(request as StartOf<TranslatorShape>);
    case 'log-mel':
      return startLogMel(request as StartOf<LogMelShape>);
    case 'ctc':
      return startCtc(request as StartOf<CtcShape>);
    case 'recognizer':
      return startRecognizer(request as StartOf<RecognizerShape>);
    case 'products':
      return startProducts(request as StartOf<ProductsShape>);
    case 'stack':
      return startStack(request as StartOf<StackShape>);
  }
}

async function selectEngine(name: string, configuration: { threads: number; precision: Precision }): Promise<string> {
  if (name === 'native') {
    const { configureNative } = await import('@unroll/backend-native');
    const info = configureNative(configuration);
    if (!(await tf.setBackend('native'))) throw new Error('the native engine did not start');
    return `unroll native, ${info.matmul}, ${info.instructionSet}`;
  }
  if (name === 'tensorflow') return startTensorFlow(configuration.threads);
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend(name);
  return `TensorFlow.js ${tf.version_core} ${name}, plain JavaScript, float32`;
}

async function startTensorFlow(threads: number): Promise<string> {
  // read when TensorFlow's library is loaded
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] = '1';
  const { tensorFlowEngineState } = await import('@unroll/backend-tensorflow');
  const state = tensorFlowEngineState();
  if (state.status !== 'ready') throw new Error(`${state.reason}; ${state.hint}`);
  await tf.setBackend('tensorflow');
  return `unroll on TensorFlow ${state.version}${state.gpu ? ', GPU' : ''}`;
}

let session: Session | undefined;

async function answer(request: Request, engineName: string): Promise<Answers[Request['request']]> {
  switch (request.request) {
    case 'start': {
      const engine = await selectEngine(engineName, request);
      session = await startSession(request);
      return { engine, threads: request.threads, parameters: session.parameters };
    }
    case 'run':
      if (session === undefined) throw new Error('the first request must be start');
      return session.run(request.work, request);
    case 'memory':
      return { peakBytes: peakBytes() };
  }
}

const engineName = process.argv[2] ?? 'native';
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Request, engineName))}\n`);
}
