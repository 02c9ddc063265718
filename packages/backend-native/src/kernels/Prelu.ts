import { Prelu } from '@tensorflow/tfjs-core';
import { binaryKernel } from './elementwise.js';

export const preluKernel = binaryKernel(Prelu, ['x', 'alpha']);
