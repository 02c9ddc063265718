import { Softplus } from '@tensorflow/tfjs-core';
import { unaryKernel } from './elementwise.js';

export const softplusKernel = unaryKernel(Softplus);
