import { Rsqrt } from '@tensorflow/tfjs-core';
import { unaryKernel } from './elementwise.js';

export const rsqrtKernel = unaryKernel(Rsqrt);
