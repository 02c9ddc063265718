import { Sum } from '@tensorflow/tfjs-core';
import { reduceKernel } from './reduction.js';

export const sumKernel = reduceKernel(Sum);
