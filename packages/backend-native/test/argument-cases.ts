/** One argument of a call that is right, and what it must not be. */
export interface Argument {
  readonly value: unknown;
  readonly wrong: readonly unknown[];
}

/** Arguments of each function that are right together. */
export type ArgumentCases = Readonly<Record<string, readonly Argument[]>>;

const nobody = [undefined, null] as const;
const noArrays = [
  'text',
  3,
  true,
  {},
  [1, 2],
  () => 1,
  new DataView(new ArrayBuffer(64)),
  new ArrayBuffer(64),
] as const;

function detached(): Float32Array {
  const array = new Float32Array(5);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

/** A size that other arguments depend on. */
export const size = (value: number): Argument => ({
  value,
  wrong: [...nobody, 'text', -1, 0.5, NaN, Infinity, 2 ** 31, 2 ** 60, {}, value + 1, 10n],
});
export const number = (value: number): Argument => ({ value, wrong: [...nobody, 'text', {}, [], true, 10n] });
export const flag = (value: boolean): Argument => ({ value, wrong: [...nobody, 'true', 1, {}] });
export const word = (value: string): Argument => ({
  value,
  wrong: [...nobody, '', 'nonsense', `${value}x`, 'x'.repeat(1000), 3, {}, Symbol('word')],
});

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A typed array whose type is checked, and its length too. */
function exactly(value: Numbers): Argument {
  const others = [Float32Array, Float64Array, Int32Array, Uint8Array, Uint16Array].filter((T) => !(value instanceof T));
  const constructor = value.constructor as new (length: number) => Numbers;
  const lengths = [new constructor(value.length + 1), new constructor(value.length - 1), detached()];
  return { value, wrong: [...nobody, ...noArrays, ...others.map((T) => new T(value.length)), ...lengths] };
}
export const floats = (length: number): Argument => exactly(new Float32Array(length));
export const ints = (length: number): Argument => exactly(new Int32Array(length));
export const doubles = (length: number): Argument => exactly(new Float64Array(length));
export const bytes = (length: number): Argument => exactly(new Uint8Array(length));

/** The argument may be left out. */
export const optional = ({ value, wrong }: Argument): Argument => ({
  value,
  wrong: wrong.filter((each) => each !== undefined && each !== null),
});

/** A typed array of any length and element type. */
export const anyNumbers = (length: number): Argument => ({
  value: new Float32Array(length),
  wrong: [...nobody, ...noArrays],
});

/** A list of sizes, strides or offsets. */
export const dimensions = (value: readonly number[]): Argument => ({
  value,
  wrong: [
    ...nobody,
    'text',
    3,
    {},
    new Float32Array(2),
    [...value, 2],
    value.slice(1),
    value.map((n) => n + 1000),
    value.map((n) => n * 2 ** 40 + 2 ** 50),
    value.map(() => 1.5),
    value.map(() => NaN),
    value.map(() => 'text'),
    Array.from({ length: 40 }, () => 1),
  ],
});

/** A list of Float32Arrays. */
export const floatLists = (lengths: readonly number[]): Argument => {
  const value = lengths.map((length) => new Float32Array(length));
  const replaced = (by: unknown) => [by, ...value.slice(1)];
  return {
    value,
    wrong: [
      ...nobody,
      'text',
      {},
      [],
      replaced(undefined),
      replaced([1, 2]),
      replaced(new Float64Array(lengths[0]!)),
      replaced(new Float32Array(lengths[0]! + 1)),
      value.slice(1),
    ],
  };
};

/** A list that may be shorter, but not empty. */
const shorterToo = ({ value, wrong }: Argument): Argument => ({
  value,
  wrong: wrong.filter((each) => !(Array.isArray(each) && each.length === 1)),
});

/** The functions of this package's general kernels. */
export const generalCases: ArgumentCases = {
  configure: [{ value: 1, wrong: [...nobody, 'text', -1, 0.5, NaN, 2000, {}] }, word('float32')],
  engineInfo: [],
  limitInstructionSet: [word('avx512')],
  profile: [{ value: 0, wrong: [...nobody, 'text', -1, 0.5, NaN, 2 ** 21, {}] }],
  allocate: [{ value: 64, wrong: [...nobody, 'text', -1, 0.5, NaN, 2 ** 50, {}] }],
  matmul: [size(2), size(3), size(4), floats(8), flag(false), floats(12), flag(false), optional(floats(3)), floats(6)],
  matmulBatch: [
    size(5),
    { value: false, wrong: [...flag(false).wrong, true] },
    { value: true, wrong: [...flag(true).wrong, false] },
    size(2),
    size(3),
    size(4),
    floats(40),
    flag(false),
    floats(12),
    flag(true),
    floats(30),
  ],
  unary: [word('Exp'), floats(5), floats(5), number(0), number(0)],
  binary: [word('Add'), floats(6), dimensions([2, 3]), floats(3), dimensions([3]), floats(6)],
  compare: [word('Less'), floats(6), dimensions([2, 3]), floats(3), dimensions([3]), bytes(6)],
  addN: [shorterToo(floatLists([4, 4])), floats(4)],
  select: [bytes(6), floats(6), floats(6), floats(6)],
  reduce: [word('Sum'), size(2), size(3), size(4), floats(24), floats(8)],
  argReduce: [word('ArgMax'), size(2), size(3), size(4), floats(24), ints(8)],
  softmax: [size(2), size(3), flag(false), floats(6), floats(6)],
  copyStrided: [
    dimensions([2, 3]),
    anyNumbers(6),
    { value: 0, wrong: [...number(0).wrong, -1, 1, 0.5] },
    dimensions([3, 1]),
    anyNumbers(6),
    { value: 0, wrong: [...number(0).wrong, -1, 1, 0.5] },
    dimensions([3, 1]),
  ],
  gather: [
    size(1),
    size(2),
    size(3),
    size(4),
    anyNumbers(24),
    { value: new Int32Array(5), wrong: ints(5).wrong },
    anyNumbers(40),
  ],
  segmentSum: [size(3), size(2), size(4), floats(6), ints(3), floats(8)],
  sumRowsByIndex: [size(3), size(2), ints(3), floats(6), ints(3), floats(6)],
  oneHot: [size(4), number(1), number(0), ints(3), floats(12)],
  fill: [number(1), { value: new Float32Array(3), wrong: [...nobody, ...noArrays, new Int32Array(3)] }],
  cast: [word('float32-int32'), floats(4), ints(4)],
};
