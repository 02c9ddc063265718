import { describe, expect, test } from 'vitest';
import { decimalNumber, oneOf, setting, wholeNumber } from './values.js';

describe('values of flags', () => {
  test('whole numbers in a range', () => {
    const parse = wholeNumber({ min: 1, max: 8 });
    expect([parse('1'), parse('8'), wholeNumber({ min: 0 })('9007199254740991')]).toEqual([1, 8, 9007199254740991]);
    for (const text of ['0', '9', '1.5', '1e0', '', ' 2', '0x3', 'two']) {
      expect(() => parse(text)).toThrow(`needs a whole number from 1 to 8, got '${text}'`);
    }
    expect(() => wholeNumber({ min: 0 })('9007199254740993')).toThrow('from 0 on');
  });

  test('numbers above a limit', () => {
    const parse = decimalNumber({ above: 0, max: 1 });
    expect([parse('1'), parse('1e-3'), parse('.5')]).toEqual([1, 0.001, 0.5]);
    for (const text of ['0', '1.01', 'NaN', 'Infinity', '']) {
      expect(() => parse(text)).toThrow(`needs a number above 0 to 1, got '${text}'`);
    }
  });

  test('choices and settings', () => {
    expect(oneOf('a', 'b')('b')).toBe('b');
    expect(() => oneOf('a', 'b')('c')).toThrow("needs one of a, b, got 'c'");
    expect(setting('model.layers=2')).toBe('model.layers=2');
    expect(setting('text={"unit": "word"}')).toBe('text={"unit": "word"}');
    for (const text of ['layers', '=2', 'a b=2']) expect(() => setting(text)).toThrow('needs key=value');
  });
});
