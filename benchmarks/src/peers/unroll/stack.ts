import { createStepper, LstmCell, randomKey, Stack, uniform } from '@unroll/core';
import type { StackShape } from '../../models.js';
import { timeRepetitions, type Session, type StartOf } from './session.js';

/** A stack of LSTM layers alone, one step at a time at batch 1 with the state carried. */
export function startStack({ shape, seed }: StartOf<StackShape>): Session {
  const { hiddenSize, layers } = shape;
  const key = randomKey(seed);
  const stack = new Stack({
    inputSize: hiddenSize,
    hiddenSize,
    layers,
    key,
    createCell: (options) => new LstmCell(options),
  });
  const stepper = createStepper(stack);
  const input = uniform(key, hiddenSize);
  return {
    parameters: Object.values(stack.parameters).reduce((sum, { size }) => sum + size, 0),
    run: (_work, repetitions) => timeRepetitions(repetitions, () => stepper.step(input)),
  };
}
