import { GreaterEqual } from '@tensorflow/tfjs-core';
import { compareKernel } from './elementwise.js';

export const greaterEqualKernel = compareKernel(GreaterEqual);
