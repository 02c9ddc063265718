import { configureNative } from '@unroll/backend-native';
import { afterAll, describe, expect, it } from 'vitest';
import { nativeFunctions } from '../src/native.js';
import { fixedDraw } from './calls/draw.js';
import { calls } from './calls/index.js';

type Callable = (...call: unknown[]) => unknown;

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

describe('the border between JavaScript and C++', { timeout: 60_000 }, () => {
  it('has calls of every function of the addon', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(functions).sort());
  });

  describe.each(Object.entries(calls))('%s', (name, draw) => {
    const call = draw(fixedDraw);
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

  it('refuses to write an array that shares memory with another one', () => {
    const memory = new ArrayBuffer(64);
    const x = new Float32Array(memory, 0, 8);
    const shared = 'ERR_UNROLL_ARGUMENT unroll: unary: an array that is written shares memory with another one';
    const exp = (y: Float32Array) => errorOf('unary', ['Exp', x, y, 0, 0]);
    expect(exp(x), 'in place').toBe('accepted');
    expect(exp(new Float32Array(memory, 28, 8))).toBe(shared);
    expect(exp(new Float32Array(memory, 32, 8))).toBe('accepted');
    expect(errorOf('binary', ['Add', x, [8], x, [8], new Float32Array(8)])).toBe('accepted');
    expect(errorOf('softmax', [2, 4, false, x, x])).toContain('shares memory');
    const indices = new Int32Array(memory, 0, 3);
    expect(errorOf('gather', [1, 1, 3, 1, new Int32Array(3), indices, indices])).toContain('shares memory');
  });

  it('refuses arrays whose memory goes while a list is read', () => {
    const x = new Float32Array(6);
    const sizes = Object.defineProperty([2, 3], 1, {
      get: () => {
        structuredClone(x.buffer, { transfer: [x.buffer] });
        return 3;
      },
    });
    const copy = errorOf('copyStrided', [[2, 3], x, 0, sizes, new Float32Array(6), 0, [3, 1]]);
    expect(copy).toBe('ERR_UNROLL_ARGUMENT unroll: copyStrided: an array lost its memory while a list was read');
  });

  it('refuses strides that leave the arrays', () => {
    const copy = (xStrides: number[], yStrides: number[]) =>
      errorOf('copyStrided', [[2, 3], new Float32Array(6), 0, xStrides, new Float32Array(6), 0, yStrides]);
    expect(copy([3, 1], [3, 1])).toBe('accepted');
    expect(copy([4, 1], [3, 1])).toContain('x has 6 elements, the copy would touch 0 to 6');
    expect(copy([-3, 1], [3, 1])).toContain('x has 6 elements, the copy would touch -3 to 2');
    expect(copy([3, 1], [2 ** 51, 2 ** 51])).toContain('y has 6 elements');
    const many = [2 ** 30, 2 ** 30];
    expect(errorOf('copyStrided', [many, new Float32Array(6), 0, [0, 0], new Float32Array(6), 0, [0, 0]])).toContain(
      'y has 6 elements, fewer than sizes say',
    );
  });
});
