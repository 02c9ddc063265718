import { findPeer } from '../peers/peers.js';
import type { SpeedOptions } from './speed.js';
import { measureTraining, type TrainingComparison } from './training.js';

const model = 'ptb-small';

/** Measures a training step of unroll on TensorFlow beside `tf.layers` on the same tfjs-node and unroll's native engine. */
export function measureTensorFlow(options: SpeedOptions): Promise<TrainingComparison> {
  const peers = options.peers ?? ['tensorflow', 'tfjs-node', 'unroll'].map(findPeer);
  return measureTraining(model, 'float32', { ...options, peers });
}
