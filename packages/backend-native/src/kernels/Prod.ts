import { Prod } from '@tensorflow/tfjs-core';
import { reduceKernel } from './reduction.js';

export const prodKernel = reduceKernel(Prod);
