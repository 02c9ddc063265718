import { ClipByValue } from '@tensorflow/tfjs-core';
import { unaryKernel } from './elementwise.js';

export const clipByValueKernel = unaryKernel(ClipByValue, (attrs) => [
  attrs['clipValueMin'] as number,
  attrs['clipValueMax'] as number,
]);
