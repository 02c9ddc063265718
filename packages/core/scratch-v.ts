import * as tf from '@tensorflow/tfjs-core';
import { Embedding, Linear, createOptimizer, randomKey, uniform, deriveKey, linearCrossEntropy, parseConfig, trainingConfigSchema, differentiate, prefixParameters, LstmCell, unroll } from '@unroll/core';
import { configureNative } from '@unroll/backend-native';
configureNative({ threads: 2, precision: 'float32' }); await tf.setBackend('native');
for (const V of [1000, 10000, 100000, 1000000]) {
  const E = 200, T = 20, B = 20, O = 50;
  const embedding = new Embedding({ vocabularySize: V, embeddingSize: E, key: randomKey(1) });
  const cell = new LstmCell({ inputSize: E, hiddenSize: 200, key: randomKey(2) });
  const head = new Linear({ inputSize: 200, outputSize: O, key: randomKey(3) });
  const parameters = { ...prefixParameters('e', embedding.parameters), ...prefixParameters('c', cell.parameters), ...prefixParameters('h', head.parameters) };
  const variables = Object.values(parameters);
  const optimizer = createOptimizer(parameters, parseConfig(trainingConfigSchema, { optimizer: { name: 'sgd', learningRate: 1 }, clipNorm: 5 }));
  const times: number[] = [];
  for (let step = 1; step <= 220; step++) {
    const ids = Int32Array.from(uniform(deriveKey(randomKey(5), step), T * B), (u) => Math.floor(u * V));
    const begin = performance.now();
    const { value, gradients } = differentiate(() => {
      const x = embedding.apply(tf.tensor2d(ids, [T, B], 'int32')) as tf.Tensor3D;
      const { output } = unroll(cell, x);
      const targets = tf.tensor1d(ids.map((i) => i % O), 'int32');
      return linearCrossEntropy({ hidden: tf.reshape(output, [T * B, 200]), ...head.parameters, kernel: head.kernel, bias: head.bias, targets }).sum;
    }, variables);
    optimizer.apply(gradients, { step, learningRate: 1, gradientScale: 1 / (T * B) });
    tf.dispose([value, ...gradients.flatMap((g) => (g ? ('rows' in g ? [g.rows, g.values] : [g]) : []))]);
    if (step > 20) times.push(performance.now() - begin);
  }
  times.sort((a, b) => a - b);
  console.log(V, 'median ms', times[100]!.toFixed(2), 'min', times[0]!.toFixed(2));
  optimizer.dispose(); variables.forEach((v) => v.dispose());
}
