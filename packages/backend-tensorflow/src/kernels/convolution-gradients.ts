import { backend_util, Conv2DBackpropFilter, Conv2DBackpropInput } from '@tensorflow/tfjs-core';
import type { TensorFlowKernel } from '../kernel.js';
import type { TensorOps, Value } from '../tensor-ops.js';
import type { OpAttribute } from '../tfjs-node.js';

type Shape4D = [number, number, number, number];
type Padding = Parameters<typeof backend_util.computeConv2DInfo>[4];

interface Attributes {
  readonly strides: [number, number] | number;
  readonly pad: Padding;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape: Shape4D;
  readonly filterShape: Shape4D;
}

/** tfjs-node's own two refuse paddings of given widths, which its forward kernel takes, and TensorFlow's ops, too. */
export const convolutionInputGradient: TensorFlowKernel<{ dy: Value; filter: Value }, Attributes> = {
  kernelName: Conv2DBackpropInput,
  run: (ops, { dy, filter }, attributes) => {
    const sizes = { input: attributes.inputShape, filter: filter.shape as Shape4D };
    const inputs = [ops.integers(attributes.inputShape), filter, dy];
    return ops.run('Conv2DBackpropInput', inputs, convolutionAttributes(ops, sizes, attributes));
  },
};

export const convolutionFilterGradient: TensorFlowKernel<{ x: Value; dy: Value }, Attributes> = {
  kernelName: Conv2DBackpropFilter,
  run: (ops, { x, dy }, attributes) => {
    const sizes = { input: x.shape as Shape4D, filter: attributes.filterShape };
    const inputs = [x, ops.integers(attributes.filterShape), dy];
    return ops.run('Conv2DBackpropFilter', inputs, convolutionAttributes(ops, sizes, attributes));
  },
};

function convolutionAttributes(
  ops: TensorOps,
  { input, filter }: { readonly input: Shape4D; readonly filter: Shape4D },
  { strides, pad, dataFormat, dimRoundingMode }: Attributes,
): OpAttribute[] {
  const format = backend_util.convertConv2DDataFormat(dataFormat);
  const info = backend_util.computeConv2DInfo(input, filter, strides, 1, pad, dimRoundingMode, false, format);
  const { type, top, bottom, left, right } = info.padInfo;
  const isNhwc = dataFormat === 'NHWC';
  const along = (height: number[], width: number[], other: number[]): number[] =>
    isNhwc ? [...other, ...height, ...width, ...other] : [...other, ...other, ...height, ...width];
  const explicit =
    type === 'EXPLICIT' ? [ops.attribute('explicit_paddings', along([top, bottom], [left, right], [0, 0]))] : [];
  return [
    ops.attribute('strides', along([info.strideHeight], [info.strideWidth], [1])),
    ops.attribute('padding', type),
    ops.attribute('data_format', dataFormat),
    ...explicit,
  ];
}
