import { Reciprocal } from '@tensorflow/tfjs-core';
import { unaryKernel } from './elementwise.js';

export const reciprocalKernel = unaryKernel(Reciprocal);
