import { Min } from '@tensorflow/tfjs-core';
import { reduceKernel } from './reduction.js';

export const minKernel = reduceKernel(Min);
