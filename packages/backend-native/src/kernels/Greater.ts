import { Greater } from '@tensorflow/tfjs-core';
import { compareKernel } from './elementwise.js';

export const greaterKernel = compareKernel(Greater);
