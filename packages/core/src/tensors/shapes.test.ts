import { expect, it } from 'vitest';
import { ShapeError } from '../errors.js';
import { assertShape, assertType } from './shapes.js';

it('names the argument, the axes, what was expected and what came', () => {
  const check = (shape: number[]) => () => assertShape('lengths', { shape }, { batch: 32 });
  expect(check([32])).not.toThrow();
  expect(check([31])).toThrow(ShapeError);
  expect(check([31])).toThrow('unroll: lengths must be [batch] = [32], got [31]');
  expect(check([32, 1])).toThrow('got [32, 1]');
});

it('leaves free axes free, but not their number', () => {
  const check = (shape: number[]) => () => assertShape('input', { shape }, { time: 'any', batch: 'any', inputSize: 3 });
  expect(check([0, 7, 3])).not.toThrow();
  expect(check([7, 3])).toThrow('input must be [time, batch, inputSize] = [*, *, 3], got [7, 3]');
});

it('names the wanted type', () => {
  expect(() => assertType('ids', { dtype: 'float32' }, 'int32')).toThrow('ids must be int32, got float32');
});
