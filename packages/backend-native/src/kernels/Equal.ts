import { Equal } from '@tensorflow/tfjs-core';
import { compareKernel } from './elementwise.js';

export const equalKernel = compareKernel(Equal);
