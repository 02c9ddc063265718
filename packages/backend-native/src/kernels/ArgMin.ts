import { ArgMin } from '@tensorflow/tfjs-core';
import { argReduceKernel } from './reduction.js';

export const argMinKernel = argReduceKernel(ArgMin);
