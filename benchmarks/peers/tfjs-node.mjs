/**
 * The tfjs-node side of `pnpm bench`: the same language model in `tf.layers`, as a user of TensorFlow.js trains it. It is
 * loaded from the folder that UNROLL_TFJS_NODE names, else from where `pnpm run tensorflow:setup` has completed it.
 *
 * tf.layers clips no gradients, so its step does less than the others'. Its embedding, LSTM and dense layers have the
 * same sizes; the LSTM's gates are made plain sigmoids.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

let tf;
let session;

const answers = {
  start({ shape, threads }) {
    // read when TensorFlow's library is loaded
    process.env.TF_NUM_INTRAOP_THREADS = String(threads);
    process.env.TF_NUM_INTEROP_THREADS = '1';
    process.env.TF_CPP_MIN_LOG_LEVEL = '2';
    tf = loadTfjsNode();
    session = shape.task === 'products' ? startProducts() : startLanguageModel(shape);
    const tensorflow = tf.backend().binding.TF_Version;
    return {
      engine: `tfjs-node ${tf.version['tfjs-node']}, tf.layers, TensorFlow ${tensorflow}`,
      threads,
      parameters: session.parameters,
    };
  },
  run: ({ work, count, budgetMs }) => session.run(work, { count, budgetMs }),
  memory: () => ({ peakBytes: peakKibibytes() * 1024 }),
};

function loadTfjsNode() {
  const folder = process.env.UNROLL_TFJS_NODE;
  if (folder) return createRequire(join(folder, 'package.json'))('@tensorflow/tfjs-node');
  const require = createRequire(import.meta.resolve('@unroll/backend-tensorflow'));
  try {
    return require('@tensorflow/tfjs-node-gpu');
  } catch {
    return require('@tensorflow/tfjs-node');
  }
}

function peakKibibytes() {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}

function startLanguageModel(shape) {
  const model = createModel(shape);
  model.compile({ optimizer: tf.train.sgd(shape.learningRate), loss: 'sparseCategoricalCrossentropy' });
  const size = [shape.batchSize, shape.timeSteps];
  const ids = () => tf.randomUniform(size, 0, shape.vocabularySize, 'int32').cast('float32');
  const train = async (repetitions) => {
    const [inputs, targets] = [ids(), ids().expandDims(2)];
    let lossNats = Number.NaN;
    const ms = await timeRepetitions(repetitions, async () => {
      lossNats = await model.trainOnBatch(inputs, targets);
    });
    tf.dispose([inputs, targets]);
    return { ms, lossNats };
  };
  return {
    parameters: model.countParams(),
    run: (_work, repetitions) => train(repetitions),
  };
}

function createModel(shape) {
  const { vocabularySize, embeddingSize, hiddenSize, layers, dropout, batchSize, timeSteps } = shape;
  const model = tf.sequential();
  model.add(
    tf.layers.embedding({
      inputDim: vocabularySize,
      outputDim: embeddingSize,
      batchInputShape: [batchSize, timeSteps],
    }),
  );
  for (let layer = 0; layer < layers; layer++) {
    if (dropout > 0) model.add(tf.layers.dropout({ rate: dropout }));
    model.add(
      tf.layers.lstm({
        units: hiddenSize,
        returnSequences: true,
        stateful: true,
        recurrentActivation: 'sigmoid',
        recurrentInitializer: 'glorotUniform',
      }),
    );
  }
  if (dropout > 0) model.add(tf.layers.dropout({ rate: dropout }));
  model.add(tf.layers.dense({ units: vocabularySize, activation: 'softmax' }));
  return model;
}

function startProducts() {
  const factors = new Map();
  return {
    parameters: 0,
    run: async (work, repetitions) => {
      const [rows, inner, columns] = work.split('x').map(Number);
      if (!factors.has(work)) {
        factors.set(work, [tf.randomUniform([rows, inner], -0.5, 0.5), tf.randomUniform([inner, columns], -0.5, 0.5)]);
      }
      const [a, b] = factors.get(work);
      return { ms: await timeRepetitions(repetitions, async () => tf.matMul(a, b).dispose()) };
    },
  };
}

async function timeRepetitions({ count, budgetMs }, repeat) {
  const ms = [];
  const deadline = performance.now() + budgetMs;
  do {
    const begin = performance.now();
    await repeat();
    ms.push(performance.now() - begin);
  } while (ms.length < count && performance.now() < deadline);
  return ms;
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await answers[request.request](request))}\n`);
}
