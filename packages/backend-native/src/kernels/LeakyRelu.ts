import { LeakyRelu } from '@tensorflow/tfjs-core';
import { unaryKernel } from './elementwise.js';

export const leakyReluKernel = unaryKernel(LeakyRelu, (attrs) => [attrs['alpha'] as number, 0]);
