import * as tf from '@tensorflow/tfjs-core';
import type { KernelCall } from '../kernel.js';

type Sizes = readonly number[];

/** What the addon's functions of convolutions take first. */
export type ConvolutionSizes = readonly [
  xShape: Sizes,
  filterShape: Sizes,
  yShape: Sizes,
  strides: Sizes,
  dilations: Sizes,
  padding: Sizes,
];

export interface ConvolutionShapes {
  readonly x: Sizes;
  readonly filter: Sizes;
}

/**
 * The sizes of a call, or undefined for what is left to tfjs: channels first, empty tensors, and padding that windows would lie in
 * altogether.
 *
 * @throws {Error} tfjs' message if the shapes do not fit
 */
export function convolutionSizes(
  { x, filter }: ConvolutionShapes,
  attrs: KernelCall['attrs'],
): ConvolutionSizes | undefined {
  if (attrs['dataFormat'] !== 'NHWC') return undefined;
  const dilations = (attrs['dilations'] ?? 1) as number | [number, number];
  const info = tf.backend_util.computeConv2DInfo(
    [...x] as [number, number, number, number],
    [...filter] as [number, number, number, number],
    attrs['strides'] as number | [number, number],
    dilations,
    attrs['pad'] as 'valid' | 'same' | number | tf.backend_util.ExplicitPadding,
    attrs['dimRoundingMode'] as 'floor' | 'round' | 'ceil' | undefined,
  );
  const { top, bottom, left, right } = info.padInfo;
  const axes = [
    [info.inHeight, info.outHeight, info.effectiveFilterHeight, info.strideHeight, top, bottom],
    [info.inWidth, info.outWidth, info.effectiveFilterWidth, info.strideWidth, left, right],
  ] as const;
  const usual = axes.every(([size, outputs, taps, stride, before, after]) => {
    const most = taps - 1;
    return before <= most && after <= most && outputs === Math.floor((size + before + after - taps) / stride) + 1;
  });
  if (!usual || [...x, ...filter, ...info.outShape].includes(0)) return undefined;
  return [
    x,
    filter,
    info.outShape,
    [info.strideHeight, info.strideWidth],
    [info.dilationHeight, info.dilationWidth],
    [top, bottom, left, right],
  ];
}
