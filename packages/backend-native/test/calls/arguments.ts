import type { Draw } from './draw.js';

/** What a function does with an array that it gets. */
export type Use =
  /** leaves it as it is */
  | 'reads'
  /** fills it, whatever was there */
  | 'fills'
  /** reads and changes it, or fills a part of it */
  | 'changes';

/** One argument of a call that is right, and what it must not be. */
export interface Argument {
  readonly value: unknown;
  readonly wrong: readonly unknown[];
  /** Of a typed array, or a list of them. */
  readonly use: Use;
}

export type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;
export const isNumbers = (value: unknown): value is Numbers =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);

/**
 * The arguments of each function of the addon, all right together. With another draw they are another call: sizes,
 * options and contents come from it alone.
 */
export type Calls = Readonly<Record<string, (draw: Draw) => readonly Argument[]>>;

const nobody = [undefined, null] as const;
const noArrays = () => ['text', 3, true, {}, [1, 2], () => 1, new DataView(new ArrayBuffer(64)), new ArrayBuffer(64)];

function detached(): Float32Array {
  const array = new Float32Array(5);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

/** `wrong` is made when it is asked for: most calls never do. */
function argument(value: unknown, wrong: () => readonly unknown[], use: Use = 'reads'): Argument {
  return {
    value,
    use,
    get wrong() {
      return wrong();
    },
  };
}

/** A size that other arguments depend on. */
export const size = (value: number) =>
  argument(value, () => [...nobody, 'text', -1, 0.5, NaN, Infinity, 2 ** 31, 2 ** 60, {}, value + 1, 10n]);
export const number = (value: number, outside: readonly number[] = []) =>
  argument(value, () => [...nobody, 'text', {}, [], true, 10n, ...outside]);
/** @param others - flags whose other value does not fit the rest of a fixed call */
export const flag = (value: boolean, others: readonly boolean[] = []) =>
  argument(value, () => [...nobody, 'true', 1, {}, ...others]);
export const word = (value: string) =>
  argument(value, () => [...nobody, '', 'nonsense', `${value}x`, 'x'.repeat(1000), 3, {}, Symbol('word')]);

/** A typed array whose type is checked, and its length too. */
export function exactly(value: Numbers, use: Use = 'reads'): Argument {
  return argument(
    value,
    () => {
      const types = [Float32Array, Float64Array, Int32Array, Uint8Array, Uint16Array];
      const others = types.filter((T) => !(value instanceof T)).map((T) => new T(value.length));
      const constructor = value.constructor as new (length: number) => Numbers;
      const lengths = [new constructor(value.length + 1), detached()];
      if (value.length > 0) lengths.push(new constructor(value.length - 1));
      return [...nobody, ...noArrays(), ...others, ...lengths];
    },
    use,
  );
}

/** A typed array whose type is checked, not its length: others follow from it. */
export const anyLength = (value: Numbers, use: Use = 'reads') =>
  argument(
    value,
    () => [...nobody, ...noArrays(), value instanceof Int32Array ? new Float32Array(3) : new Int32Array(3)],
    use,
  );

/** A typed array of any length and element type. */
export const anyNumbers = (value: Numbers, use: Use = 'reads') =>
  argument(value, () => [...nobody, ...noArrays()], use);

export const filled = (length: number) => exactly(new Float32Array(length), 'fills');
export const filledInts = (length: number) => exactly(new Int32Array(length), 'fills');

/** The argument without some of what was wrong. */
export const allowing = (strict: Argument, isRight: (wrong: unknown) => boolean, value = strict.value) =>
  argument(value, () => strict.wrong.filter((each) => !isRight(each)), strict.use);

/** The argument may be left out. */
export const optional = (draw: Draw, present: Argument) =>
  allowing(present, (each) => each === undefined || each === null, draw.oneOf(present.value, null));

/** A list of sizes, strides or offsets. */
export const dimensions = (value: readonly number[]) =>
  argument(value, () => [
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
  ]);

/** A list of Float32Arrays; one that is shorter is wrong too. */
export function floatLists(value: readonly Float32Array[], use: Use = 'reads'): Argument {
  const replaced = (by: unknown) => [by, ...value.slice(1)];
  const length = value[0]?.length ?? 0;
  return argument(
    value,
    () => [
      ...nobody,
      'text',
      {},
      ...(value.length > 0 ? [[], value.slice(1)] : []),
      replaced(undefined),
      replaced([1, 2]),
      replaced(new Float64Array(length)),
      replaced(new Float32Array(length + 1)),
    ],
    use,
  );
}

/** Any other argument. */
export const other = (value: unknown, wrong: readonly unknown[], use: Use = 'reads') =>
  argument(value, () => [...nobody, 'text', {}, ...wrong], use);
