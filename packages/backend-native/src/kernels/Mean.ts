import { Mean } from '@tensorflow/tfjs-core';
import { reduceKernel } from './reduction.js';

export const meanKernel = reduceKernel(Mean);
