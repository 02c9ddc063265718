import { probeTensorFlow } from '@unroll/backend-tensorflow/probe';
import { BackendError } from '@unroll/core/errors';
import { peers as allPeers } from '../peers/peers.js';
import type { SpeedOptions } from './speed.js';
import { formatTraining, measureTraining, type TrainingComparison } from './training.js';

/** The whole model, and its recurrent layers almost alone: with a vocabulary of 100. */
const measured = ['ptb-small', 'ptb-small-layers'];

/** Measures a training step of unroll on TensorFlow beside `tf.layers` on the same tfjs-node and unroll's native engine. */
export async function measureTensorFlow(options: SpeedOptions): Promise<readonly TrainingComparison[]> {
  const { state } = await probeTensorFlow();
  if (state.status !== 'ready') throw new BackendError('bench/no-tensorflow', `${state.reason}; ${state.hint}`);
  const names = ['tensorflow', 'tfjs-node', 'unroll'];
  // the probe has found tfjs-node, wherever other runs look for it
  const peers = options.peers ?? names.map((name) => allPeers.find((peer) => peer.name === name)!);
  const comparisons = [];
  for (const model of measured) {
    const comparison = await measureTraining(model, 'float32', { ...options, peers });
    options.tell(formatTraining(comparison));
    comparisons.push(comparison);
  }
  return comparisons;
}
