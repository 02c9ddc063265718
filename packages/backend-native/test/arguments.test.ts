import { configureNative } from '@unroll/backend-native';
import { forAll } from '@unroll/core/testing';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { nativeFunctions } from '../src/native.js';
import { generalCases, type ArgumentCases } from './argument-cases.js';
import { fusedCases } from './fused-argument-cases.js';

type Callable = (...call: unknown[]) => unknown;

const cases: ArgumentCases = { ...generalCases, ...fusedCases };
const functions = nativeFunctions() as unknown as Record<string, Callable>;

afterAll(() => {
  functions['limitInstructionSet']!('avx512');
  configureNative({});
});

function describeValue(value: unknown): string {
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  return typeof value === 'object' && value !== null ? Object.keys(value).join() : String(value);
}

/** The error that a call throws, or what it did instead. */
function errorOf(name: string, call: readonly unknown[]): string {
  try {
    functions[name]!(...call);
    return 'accepted';
  } catch (error) {
    return error instanceof Error ? `${String((error as { code?: unknown }).code)} ${error.message}` : 'no error';
  }
}

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;
const isNumbers = (value: unknown): value is Numbers => ArrayBuffer.isView(value) && !(value instanceof DataView);

/** The same numbers between 128 bytes that a kernel must leave alone on either side. */
function guard(numbers: Numbers, guards: (() => boolean)[]): Numbers {
  const margin = 128;
  const bytes = new Uint8Array(margin + numbers.byteLength + margin).fill(0xa5);
  bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), margin);
  const outside = () => [...bytes.subarray(0, margin), ...bytes.subarray(margin + numbers.byteLength)];
  guards.push(() => outside().every((byte) => byte === 0xa5));
  const constructor = numbers.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => Numbers;
  return new constructor(bytes.buffer, margin, numbers.length);
}

describe('the border between JavaScript and C++', { timeout: 60_000 }, () => {
  it('has cases for every function of the addon', () => {
    expect(Object.keys(functions).sort()).toEqual(Object.keys(cases).sort());
  });

  describe.each(Object.entries(cases))('%s', (name, call) => {
    const right = call.map(({ value }) => value);

    it('accepts what is right', () => {
      expect(errorOf(name, right)).toBe('accepted');
    });

    it('refuses an argument too few and one too many', () => {
      expect(call.length === 0 || errorOf(name, right.slice(0, -1)).includes(`unroll: ${name}: `)).toBe(true);
      expect(errorOf(name, [...right, 1])).toMatch(
        `unroll: ${name}: takes ${call.length} arguments, got ${call.length + 1}`,
      );
      expect(errorOf(name, [...right, ...Array.from({ length: 100 }, () => 1)])).toMatch(`unroll: ${name}: takes`);
    });

    it('refuses every argument that is wrong, and names itself', () => {
      const accepted: string[] = [];
      for (const [position, { wrong }] of call.entries()) {
        for (const value of wrong) {
          const error = errorOf(name, right.with(position, value));
          const named = error.startsWith('ERR_UNROLL') && error.includes('unroll: ');
          if (!named) accepted.push(`argument ${position + 1} = ${describeValue(value)}: ${error}`);
        }
      }
      expect(accepted).toEqual([]);
    });

    it('writes within its arrays only', () => {
      const guards: (() => boolean)[] = [];
      const guarded = right.map((value) => {
        const views = [value].flat().map((each) => (isNumbers(each) ? guard(each, guards) : each));
        return Array.isArray(value) ? views : views[0];
      });
      expect(errorOf(name, guarded)).toBe('accepted');
      expect(guards.every((isIntact) => isIntact())).toBe(true);
    });

    it('survives any arguments', () => {
      const values = call.flatMap(({ value, wrong }) => [value, ...wrong]);
      const small = values.filter((value) => !(typeof value === 'number' && value > 1e6));
      if (small.length === 0) return;
      const anything = fc.array(fc.constantFrom(...small), { minLength: call.length, maxLength: call.length });
      forAll(
        anything,
        (call) => {
          expect(errorOf(name, call)).toMatch(/^(ERR_UNROLL\w* unroll: |accepted$)/);
        },
        200,
      );
    });
  });

  it('says what was expected and what came', () => {
    expect(errorOf('unary', ['Exp', [1, 2], new Float32Array(2), 0, 0])).toBe(
      'ERR_UNROLL_ARGUMENT unroll: unary: x must be Float32Array, got an array',
    );
    expect(errorOf('softmax', [2, 3, false, new Float32Array(5), new Float32Array(6)])).toBe(
      'ERR_UNROLL_ARGUMENT unroll: softmax: x must be Float32Array [2, 3] (6 numbers), got Float32Array of 5',
    );
    expect(errorOf('fill', ['1', new Float32Array(1)])).toBe(
      'ERR_UNROLL_ARGUMENT unroll: fill: value must be a number, got a string',
    );
  });

  it('refuses strides that leave the arrays', () => {
    const copy = (xStrides: number[], yStrides: number[]) =>
      errorOf('copyStrided', [[2, 3], new Float32Array(6), 0, xStrides, new Float32Array(6), 0, yStrides]);
    expect(copy([3, 1], [3, 1])).toBe('accepted');
    expect(copy([4, 1], [3, 1])).toContain('x has 6 elements, the copy would touch 0 to 6');
    expect(copy([-3, 1], [3, 1])).toContain('x has 6 elements, the copy would touch -3 to 2');
    expect(copy([3, 1], [2 ** 51, 2 ** 51])).toContain('y has 6 elements');
  });
});
