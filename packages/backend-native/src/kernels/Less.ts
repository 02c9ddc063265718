import { Less } from '@tensorflow/tfjs-core';
import { compareKernel } from './elementwise.js';

export const lessKernel = compareKernel(Less);
