import { isNumbers, type Argument, type Numbers } from '../calls/arguments.js';

/** What a mutation works with: the call as it is now, and where its choices come from. */
interface Mutated {
  readonly call: readonly Argument[];
  readonly values: unknown[];
  readonly arrays: readonly Numbers[];
  readonly random: () => number;
}

const powers = [31, 32, 52, 53, 63].flatMap((exponent) => [2 ** exponent, -(2 ** exponent)]);
const sizes = [-1, 0, -0, 1, 2, 3, 7, 64, 1000, 0.5, NaN, Infinity, -Infinity, 2 ** 31 - 1, 1e308, ...powers];
const extremes = [-1, -2, 1, 1000, 2 ** 31 - 1, -(2 ** 31)];

const pick = <T>(random: () => number, options: readonly T[]): T => options[Math.floor(random() * options.length)]!;
const anyPosition = ({ values, random }: Mutated) => Math.floor(random() * values.length);

type Constructor = new (source: number | ArrayBufferLike, offset?: number, length?: number) => Numbers;
const constructorOf = (array: Numbers) => array.constructor as Constructor;

/** An array of the same numbers in memory that can shrink, and then does. */
function shrunk(array: Numbers): Numbers {
  const options = { maxByteLength: array.byteLength + 64 };
  const buffer = new (ArrayBuffer as new (bytes: number, options: object) => ArrayBuffer)(array.byteLength, options);
  const view = new (constructorOf(array))(buffer);
  (buffer as ArrayBuffer & { resize(bytes: number): void }).resize(
    Math.floor(array.length / 2) * array.BYTES_PER_ELEMENT,
  );
  return view;
}

function detached(array: Numbers): Numbers {
  const copy = array.slice();
  structuredClone(copy.buffer, { transfer: [copy.buffer] });
  return copy;
}

function shared(array: Numbers): Numbers {
  const view = new (constructorOf(array))(new SharedArrayBuffer(array.byteLength));
  view.set(array);
  return view;
}

/** Other arrays in the place of one. */
const arrayForms: readonly ((array: Numbers, random: () => number) => unknown)[] = [
  (array) => array.subarray(1),
  (array) => array.subarray(0, -1),
  (array) => new (constructorOf(array))(array.length + 1),
  (array) => new (constructorOf(array))(0),
  shrunk,
  detached,
  shared,
  (array) => Float64Array.from(array),
  (array) => Int32Array.from(array),
  (array) => new DataView(array.buffer, array.byteOffset, array.byteLength),
  (array) => array.buffer,
  (array) => [...array.subarray(0, 100)],
  () => null,
];

/** A list whose element takes another array's memory away when it is read. */
function treacherous(list: readonly unknown[], { arrays, random }: Mutated): unknown[] {
  const copy = [...list];
  const victim = pick(random, arrays);
  const position = Math.floor(random() * copy.length);
  const value = copy[position];
  Object.defineProperty(copy, position, {
    get: () => {
      if (victim !== undefined && victim.buffer.byteLength > 0)
        structuredClone(victim.buffer, { transfer: [victim.buffer as ArrayBuffer] });
      return value;
    },
  });
  return copy;
}

const unreadable = 'an element that cannot be read';
export const isUnreadable = (error: unknown) => error instanceof Error && error.message === unreadable;

const listForms: readonly ((list: readonly unknown[], mutated: Mutated) => unknown)[] = [
  (list) => list.slice(1),
  (list) => [...list, ...list],
  (list) => Array.from({ length: 10_000 }, (_, i) => list[i % list.length]),
  (list) => [...list, undefined],
  (list, { random }) => list.map((value) => (typeof value === 'number' ? pick(random, sizes) : value)),
  (list, { random }) =>
    list.with(Math.floor(random() * list.length), pick(random, [null, 3, 'x', new Float32Array(2)])),
  (list) => list.toReversed(),
  // oxlint-disable-next-line no-sparse-arrays -- a hole is what is wanted
  () => [, 1],
  (list) => new Proxy([...list], {}),
  treacherous,
  (list) =>
    Object.defineProperty([...list], 0, {
      get() {
        throw new Error(unreadable);
      },
    }),
];

const emptied = (value: unknown) => (isNumbers(value) ? new (constructorOf(value))(0) : value);

const mutations: readonly ((mutated: Mutated) => void)[] = [
  // what is wrong by its author's word
  (mutated) => {
    const position = anyPosition(mutated);
    const wrong = mutated.call[position]?.wrong ?? [];
    if (wrong.length > 0) mutated.values[position] = pick(mutated.random, wrong);
  },
  // a number or flag
  ({ values, random }) => {
    const numbers = values.flatMap((value, i) => (typeof value === 'number' || typeof value === 'boolean' ? [i] : []));
    const position = pick(random, numbers);
    if (position === undefined) return;
    const value = values[position];
    const near = typeof value === 'number' ? [value - 1, value + 1, 2 * value] : [];
    values[position] = pick<unknown>(random, random() < 0.5 ? [...near, !value] : sizes);
  },
  // an array or a list of them
  (mutated) => {
    const { values, random } = mutated;
    const position = pick(
      random,
      values.flatMap((value, i) => (typeof value === 'object' && value !== null ? [i] : [])),
    );
    if (position === undefined) return;
    const value = values[position];
    if (isNumbers(value)) {
      const hasMemory = value.buffer.byteLength > 0;
      if (hasMemory) values[position] = pick(random, arrayForms)(value, random);
    } else if (Array.isArray(value) && value.length > 0) values[position] = pick(random, listForms)(value, mutated);
  },
  // the contents of an array
  ({ arrays, random }) => {
    const array = pick(random, arrays);
    if (array === undefined || array.length === 0) return;
    for (let i = 0; i < 3; i++)
      array[Math.floor(random() * array.length)] = pick(random, array instanceof Int32Array ? extremes : sizes);
  },
  // one argument in the place of another: arrays that overlap, types that do not fit
  (mutated) => {
    mutated.values[anyPosition(mutated)] = mutated.values[anyPosition(mutated)];
  },
  ({ arrays, values, random }) => {
    const [from, to] = [
      pick(random, arrays),
      pick(
        random,
        values.flatMap((value, i) => (isNumbers(value) ? [i] : [])),
      ),
    ];
    if (from === undefined || to === undefined) return;
    const { length, BYTES_PER_ELEMENT } = values[to] as Numbers;
    if (from.BYTES_PER_ELEMENT !== BYTES_PER_ELEMENT || from.length < length) return;
    values[to] = from.subarray(0, length);
  },
  // sizes of nothing: whatever they are, no array holds a number
  ({ values, random }) => {
    for (const [position, value] of values.entries()) {
      if (typeof value === 'number') values[position] = pick(random, [0, 0, value, 2 ** 31 - 1]);
      else values[position] = Array.isArray(value) ? value.map(emptied) : emptied(value);
    }
  },
  // how many there are
  (mutated) => {
    if (mutated.random() < 0.5) mutated.values.splice(anyPosition(mutated), 1);
    else mutated.values.splice(anyPosition(mutated), 0, pick(mutated.random, [undefined, null, 1, true, 'x', {}]));
  },
];

/** Makes a right call a wrong one, or another right one, in place. */
export function mutate(mutated: Mutated): void {
  const times = 1 + Math.floor(mutated.random() * 3);
  try {
    for (let i = 0; i < times; i++) pick(mutated.random, mutations)(mutated);
  } catch {
    // An array that was detached or a list that was made unreadable before can be mutated no further.
  }
}
