import { Step } from '@tensorflow/tfjs-core';
import { unaryKernel } from './elementwise.js';

export const stepKernel = unaryKernel(Step, (attrs) => [attrs['alpha'] as number, 0]);
