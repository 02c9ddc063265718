import { Floor } from '@tensorflow/tfjs-core';
import { unaryKernel } from './elementwise.js';

export const floorKernel = unaryKernel(Floor);
