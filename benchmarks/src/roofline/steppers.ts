import { configureNative } from '@unroll/backend-native';
import type { Precision } from '../harness/protocol.js';
import { summarise } from '../harness/statistics.js';
import { stacks } from '../models.js';
import { startStack } from '../peers/unroll/stack.js';
import { floorOf } from './floor.js';
import type { Ceilings, StepperRow } from './result.js';

const steps = 400;
const warmUpSteps = 100;
const bytesOfAWeight: Readonly<Record<Precision, number>> = { float32: 4, bfloat16: 2 };

/** Steps of two layers alone at batch 1, as generation and decoding take them. */
export async function measureSteppers(
  precision: Precision,
  { threads, ceilings }: { readonly threads: number; readonly ceilings: Ceilings },
): Promise<readonly StepperRow[]> {
  configureNative({ precision, threads });
  const rows = [];
  for (const shape of stacks) {
    const session = startStack({ request: 'start', shape, precision, threads, seed: 1 });
    await session.run('infer', { count: warmUpSteps, budgetMs: Infinity });
    const { ms } = await session.run('infer', { count: steps, budgetMs: Infinity });
    const { hiddenSize, layers } = shape;
    const bytes = bytesOfAWeight[precision] * session.parameters;
    const floor = floorOf({ operations: 0, bytes, calls: 1 }, ceilings, precision);
    rows.push({ precision, hiddenSize, layers, bytes, floor, ms: summarise(ms) });
  }
  return rows;
}
