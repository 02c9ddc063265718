import { NotEqual } from '@tensorflow/tfjs-core';
import { compareKernel } from './elementwise.js';

export const notEqualKernel = compareKernel(NotEqual);
