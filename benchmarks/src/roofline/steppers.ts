import { configureNative } from '@unroll/backend-native';
import { summarise } from '../harness/statistics.js';
import { stacks } from '../models.js';
import { startStack } from '../peers/unroll/stack.js';
import type { StepperRow } from './result.js';

const steps = 400;
const warmUpSteps = 100;

/** Steps of two layers alone at batch 1, as generation and decoding take them. */
export async function measureSteppers(threads: number): Promise<Omit<StepperRow, 'floor'>[]> {
  configureNative({ precision: 'float32', threads });
  const rows = [];
  for (const shape of stacks) {
    const session = startStack({ request: 'start', shape, precision: 'float32', threads, seed: 1 });
    await session.run('infer', { count: warmUpSteps, budgetMs: Infinity });
    const { ms } = await session.run('infer', { count: steps, budgetMs: Infinity });
    const { hiddenSize, layers } = shape;
    rows.push({ hiddenSize, layers, bytes: 4 * session.parameters, ms: summarise(ms) });
  }
  return rows;
}
