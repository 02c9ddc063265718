import { choosePeers } from '../peers/peers.js';
import type { SpeedOptions } from './speed.js';
import { measureTraining, type TrainingComparison } from './training.js';

const model = 'translator';
const precision = 'float32';

/** Measures a training step of `@unroll/translation`'s model beside the same model of every peer. */
export function measureTranslation(options: SpeedOptions): Promise<TrainingComparison> {
  const peers = choosePeers(options.peers, { task: model, model, precision });
  return measureTraining(model, precision, { ...options, peers, turnMs: 20_000 });
}
