import { Pow } from '@tensorflow/tfjs-core';
import { binaryKernel } from './elementwise.js';

export const powKernel = binaryKernel(Pow);
