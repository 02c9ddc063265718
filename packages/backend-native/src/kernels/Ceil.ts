import { Ceil } from '@tensorflow/tfjs-core';
import { unaryKernel } from './elementwise.js';

export const ceilKernel = unaryKernel(Ceil);
