// Runs an LSTM layer for some seconds in which signals come, and tells how many it heard of.
import { setTimeout } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { tensorFlowEngineState } from '../../src/index.js';
import { walkChain } from '../../src/kernels/chain.js';
import { lstmChain } from '../../src/kernels/lstm-chain.js';
import { inOps } from './support.js';

let heard = 0;
process.on('SIGUSR2', () => (heard += 1));
const { status } = tensorFlowEngineState();
await tf.setBackend('tensorflow');
process.send?.(status);
const [timeSteps, batchSize, size] = [20, 20, 200];
const end = performance.now() + 4000;
while (performance.now() < end) {
  inOps((ops) => {
    const zeros = (...shape: number[]) => ops.floats(new Float32Array(shape.reduce((a, b) => a * b)), shape);
    const values = {
      input: zeros(timeSteps, batchSize, size),
      inputKernel: zeros(size, 4 * size),
      recurrentKernel: zeros(size, 4 * size),
      bias: zeros(4 * size),
      initialH: zeros(batchSize, size),
      initialC: zeros(batchSize, size),
    };
    walkChain(ops, lstmChain, { values, reverse: false });
  });
  await setTimeout(0);
}
process.send?.(heard);
process.disconnect?.();
