import { Max } from '@tensorflow/tfjs-core';
import { reduceKernel } from './reduction.js';

export const maxKernel = reduceKernel(Max, 'reductionIndices');
