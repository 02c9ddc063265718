import type { FusedFunctions } from '../src/kernels/fused-functions.js';
import { nativeFunctions } from '../src/native.js';
import {
  doubles,
  flag,
  floatLists,
  floats,
  ints,
  number,
  optional,
  size,
  word,
  type Argument,
  type ArgumentCases,
} from './argument-cases.js';

const [T, B, I, H] = [3, 2, 4, 5];

/** What every sequence function begins with, for a cell of so many gates. */
const sequence = (gates: number): Argument[] => [
  size(T),
  size(B),
  size(I),
  size(H),
  flag(false),
  floats(T * B * I),
  floats(I * gates * H),
  floats(H * gates * H),
  floats(gates * H),
  floats(B * H),
  optional(ints(B)),
  optional(floats(B * H)),
  { value: H, wrong: [undefined, null, 'text', H - 1, 2 * H + 1, H + 0.5, NaN, {}] },
];
const state = () => floats(B * H);
const steps = (width = H) => floats(T * B * width);
const gradients = (gates: number): Argument[] => [
  optional(floats(T * B * I)),
  floats(I * gates * H),
  floats(H * gates * H),
  floats(gates * H),
  state(),
];

const [rows, width, vocabulary] = [3, 4, 6];
/** Two parameters of 6 and 4 numbers. */
const parameters = () => floatLists([6, 4]);

/** Two GRU layers, an embedding of 7 ids, a head of 6 words. */
const prepareStepper: Argument[] = [
  { value: B, wrong: [...size(B).wrong.filter((each) => each !== B + 1), 0] },
  size(I),
  size(H),
  {
    value: Int32Array.of(1, 1),
    wrong: [...ints(2).wrong, new Int32Array(2), Int32Array.of(1, 4), Int32Array.of(-1, 1)],
  },
  floatLists([I * 3 * H, H * 3 * H]),
  floatLists([H * 3 * H, H * 3 * H]),
  floatLists([3 * H, 3 * H]),
  floatLists([3 * H, 3 * H]),
  { value: 'embedded', wrong: [...word('embedded').wrong, 'vector', 'oneHot'] },
  size(7),
  floats(7 * I),
  size(6),
  floats(H * 6),
  flag(false),
  optional(floats(6)),
];
const stepper = (): Argument => ({
  value: nativeFunctions().prepareStepper(...(prepareStepper.map(({ value }) => value) as PrepareCall)),
  wrong: [undefined, null, 'text', 3, {}, [], () => 1, new Float32Array(3), Symbol('stepper')],
});
type PrepareCall = Parameters<FusedFunctions['prepareStepper']>;

const rnnWalk = () => [...sequence(1), word('tanh'), steps(), state()];
const rnnWalkBack = () => [...sequence(1), word('relu'), steps(), steps(), state(), ...gradients(1)];
const lstmWalk = () => [...sequence(4), state(), steps(), state(), state(), steps(4 * H), steps()];
const lstmWalkBack = () => {
  const kept = [state(), steps(), steps(4 * H), steps()];
  return [...sequence(4), ...kept, steps(), state(), state(), ...gradients(4), state()];
};
const gruWalk = () => [...sequence(3), floats(3 * H), steps(), state(), steps(4 * H)];
const gruWalkBack = () => {
  const kept = [floats(3 * H), steps(), steps(4 * H)];
  return [...sequence(3), ...kept, steps(), state(), ...gradients(3), floats(3 * H)];
};

/** The functions of the fused kernels. */
export const fusedCases: ArgumentCases = {
  rnnSequence: rnnWalk(),
  rnnSequenceGrad: rnnWalkBack(),
  rnnSequencePair: [...rnnWalk(), ...rnnWalk()],
  rnnSequencePairGrad: [...rnnWalkBack(), ...rnnWalkBack()],
  lstmSequence: lstmWalk(),
  lstmSequenceGrad: lstmWalkBack(),
  lstmSequencePair: [...lstmWalk(), ...lstmWalk()],
  lstmSequencePairGrad: [...lstmWalkBack(), ...lstmWalkBack()],
  gruSequence: gruWalk(),
  gruSequenceGrad: gruWalkBack(),
  gruSequencePair: [...gruWalk(), ...gruWalk()],
  gruSequencePairGrad: [...gruWalkBack(), ...gruWalkBack()],
  linearCrossEntropy: [
    size(rows),
    size(width),
    size(vocabulary),
    floats(rows * width),
    floats(width * vocabulary),
    flag(false),
    optional(floats(vocabulary)),
    ints(rows),
    optional(floats(rows)),
    number(0.1),
    floats(rows),
    floats(1),
    floats(1),
    optional(floats(rows * width)),
    optional(floats(width * vocabulary)),
    optional(floats(vocabulary)),
  ],
  dropoutMask: [
    number(1),
    number(2),
    { value: 0.5, wrong: [...number(0.5).wrong, 1, -0.1, NaN] },
    { value: 3, wrong: [...number(3).wrong, -1, 0.5, NaN, Infinity, 2 ** 60] },
    { value: new Float32Array(7), wrong: floats(7).wrong.filter((each) => !(each instanceof Float32Array)) },
  ],
  optimizerStep: [
    word('sgd'),
    number(0),
    flag(false),
    number(0),
    number(0.9),
    number(0.999),
    number(1e-8),
    number(1),
    number(0.1),
    number(1),
    number(0),
    number(0),
    size(2),
    doubles(12),
    parameters(),
    parameters(),
    { value: [], wrong: ['text', undefined, {}, [new Float64Array(3)]] },
    { value: [], wrong: ['text', undefined, {}, [new Float64Array(3)]] },
    { value: [null, undefined], wrong: ['text', undefined, {}, [], [null], [null, 3], [null, new Float32Array(2)]] },
  ],
  prepareStepper,
  runStepper: [
    stepper(),
    { value: Int32Array.of(6, 0), wrong: [...ints(2).wrong, Int32Array.of(7, 0), Int32Array.of(0, -1)] },
    floats(2 * B * H),
    optional(floats(B * 6)),
  ],
  disposeStepper: [stepper()],
};
