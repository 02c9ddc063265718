import type { FusedFunctions } from '../../src/kernels/fused-functions.js';
import { nativeFunctions } from '../../src/native.js';
import {
  allowing,
  exactly,
  filled,
  flag,
  floatLists,
  optional,
  other,
  size,
  word,
  type Argument,
  type Calls,
} from './arguments.js';
import type { Draw } from './draw.js';

const gatesOf = [4, 3, 1, 1] as const;
type PrepareCall = Parameters<FusedFunctions['prepareStepper']>;

/** A stack of one to three layers, and what a step of it takes. */
function stack(draw: Draw) {
  const positive = (usual: number, most: number) => Math.max(1, draw.size(usual, most));
  const [batch, width, hidden] = [positive(2, 9), positive(4, 40), positive(5, 150)];
  const cells = Array.from({ length: draw.oneOf(2, 1, 3) }, () => draw.oneOf<0 | 1 | 2 | 3>(1, 0, 2, 3));
  const input = draw.oneOf('embedded', 'vector', 'oneHot');
  const [ids, outputs] = [positive(7, 50), draw.size(6, 90)];
  const each = (numbers: (gates: number, layer: number) => number) =>
    floatLists(cells.map((cell, layer) => draw.floats(numbers(gatesOf[cell], layer))));
  const given = (isGiven: boolean, length: number) =>
    isGiven ? exactly(draw.floats(length)) : other(null, [new Float32Array(length + 1)]);
  const call: Argument[] = [
    allowing(size(batch), (wrong) => wrong === batch + 1),
    size(width),
    size(hidden),
    exactly(Int32Array.from(cells)),
    each((gates, layer) => (layer === 0 ? width : hidden) * gates * hidden),
    each((gates) => hidden * gates * hidden),
    each((gates) => gates * hidden),
    floatLists(cells.map((cell) => draw.floats(cell === 1 ? 3 * hidden : 0))),
    word(input),
    size(input === 'embedded' ? ids : 0),
    given(input === 'embedded', ids * width),
    size(outputs),
    given(outputs > 0, hidden * outputs),
    flag(draw.oneOf(false, true)),
    optional(draw, exactly(draw.floats(outputs))),
  ];
  const stateSize = cells.reduce<number>((sum, cell) => sum + batch * hidden * (cell === 0 ? 2 : 1), 0);
  const idLimit = input === 'embedded' ? ids : width;
  const step = {
    input: exactly(input === 'vector' ? draw.floats(batch * width) : draw.ints(batch, 0, idLimit)),
    state: exactly(draw.floats(stateSize), 'changes'),
    output: optional(draw, filled(batch * (outputs || hidden))),
  };
  return { call, step };
}

/** A stepper that is ready, perhaps prepared for another instruction set than the one it runs with. */
function stepper(draw: Draw, call: readonly Argument[]): Argument {
  const value = nativeFunctions().prepareStepper(...(call.map(({ value }) => value) as PrepareCall));
  nativeFunctions().limitInstructionSet(draw.oneOf('avx512', 'avx2', 'baseline'));
  return other(value, [3, [], () => 1, new Float32Array(3), Symbol('stepper')]);
}

/** The functions of a stack that takes one step at a time. */
export const stepperCalls: Calls = {
  prepareStepper: (draw) => stack(draw).call,
  runStepper: (draw) => {
    const { call, step } = stack(draw);
    return [stepper(draw, call), step.input, step.state, step.output];
  },
  disposeStepper: (draw) => [stepper(draw, stack(draw).call)],
};
