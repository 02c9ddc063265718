import { LessEqual } from '@tensorflow/tfjs-core';
import { compareKernel } from './elementwise.js';

export const lessEqualKernel = compareKernel(LessEqual);
