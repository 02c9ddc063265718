import type { CtcLossAttributes } from '@unroll/core';
import type { KernelCall } from '../kernel.js';
import type { CtcArguments } from './ctc-functions.js';

/** Sizes, logits and labels, as the addon takes them. */
export function readCtc({ inputs, attrs, backend }: KernelCall): CtcArguments {
  const [logits, labels] = [inputs['logits']!, inputs['labels']!];
  const { blank } = attrs as unknown as CtcLossAttributes;
  const shape = logits.shape as [number, number, number];
  const [labelLengths, lengths] = [backend.ints(inputs['labelLengths']!), backend.ints(inputs['lengths']!)];
  return [...shape, labels.shape[1]!, blank, backend.floats(logits), backend.ints(labels), labelLengths, lengths];
}
