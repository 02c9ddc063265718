import { findPeer } from '../peers/peers.js';
import type { SpeedOptions } from './speed.js';
import { formatTraining, measureTraining, type TrainingComparison } from './training.js';

/** The whole model, and its recurrent layers almost alone: with a vocabulary of 100. */
const measured = ['ptb-small', 'ptb-small-layers'];

/** Measures a training step of unroll on TensorFlow beside `tf.layers` on the same tfjs-node and unroll's native engine. */
export async function measureTensorFlow(options: SpeedOptions): Promise<readonly TrainingComparison[]> {
  const peers = options.peers ?? ['tensorflow', 'tfjs-node', 'unroll'].map(findPeer);
  const comparisons = [];
  for (const model of measured) {
    const comparison = await measureTraining(model, 'float32', { ...options, peers });
    options.tell(formatTraining(comparison));
    comparisons.push(comparison);
  }
  return comparisons;
}
