import type { KernelCall } from '../kernel.js';
import { readSequence, type SequenceCall } from './sequence.js';

/** The call of a bidirectional kernel as two walks: each has its own inputs under the names of a single walk. */
export function directionsOf(call: KernelCall): readonly [forward: SequenceCall, backward: SequenceCall] {
  const walk = (direction: 'forward' | 'backward') => {
    const inputs = inputsOf(direction, call);
    const hiddenSize = inputs['recurrentKernel']!.shape[0]!;
    const reverse = direction === 'backward';
    const columns = { first: reverse ? hiddenSize : 0, stride: 2 * hiddenSize };
    return readSequence({ ...call, inputs, attrs: { ...call.attrs, reverse } }, columns);
  };
  return [walk('forward'), walk('backward')];
}

/** `bias.forward` is `bias` of the forward walk; names without a direction belong to both. */
function inputsOf(direction: string, { inputs }: KernelCall): KernelCall['inputs'] {
  const entries = Object.entries(inputs).flatMap(([name, tensor]) => {
    const [own, of = direction] = name.split('.');
    return of === direction ? [[own!, tensor] as const] : [];
  });
  return Object.fromEntries(entries);
}
