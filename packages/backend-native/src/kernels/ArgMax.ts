import { ArgMax } from '@tensorflow/tfjs-core';
import { argReduceKernel } from './reduction.js';

export const argMaxKernel = argReduceKernel(ArgMax);
