import type { NativeKernelConfig } from './kernel.js';
import { absKernel } from './kernels/Abs.js';
import { addKernel } from './kernels/Add.js';
import { addNKernel } from './kernels/AddN.js';
import { argMaxKernel } from './kernels/ArgMax.js';
import { argMinKernel } from './kernels/ArgMin.js';
import { batchMatMulKernel } from './kernels/BatchMatMul.js';
import { castKernel } from './kernels/Cast.js';
import { ceilKernel } from './kernels/Ceil.js';
import { clipByValueKernel } from './kernels/ClipByValue.js';
import { concatKernel } from './kernels/Concat.js';
import { conv2DKernel } from './kernels/Conv2D.js';
import { conv2DBackpropFilterKernel } from './kernels/Conv2DBackpropFilter.js';
import { conv2DBackpropInputKernel } from './kernels/Conv2DBackpropInput.js';
import { eluKernel } from './kernels/Elu.js';
import { equalKernel } from './kernels/Equal.js';
import { expKernel } from './kernels/Exp.js';
import { fillKernel } from './kernels/Fill.js';
import { floorKernel } from './kernels/Floor.js';
import { gatherV2Kernel } from './kernels/GatherV2.js';
import { greaterKernel } from './kernels/Greater.js';
import { greaterEqualKernel } from './kernels/GreaterEqual.js';
import { leakyReluKernel } from './kernels/LeakyRelu.js';
import { lessKernel } from './kernels/Less.js';
import { lessEqualKernel } from './kernels/LessEqual.js';
import { logKernel } from './kernels/Log.js';
import { logSoftmaxKernel } from './kernels/LogSoftmax.js';
import { maxKernel } from './kernels/Max.js';
import { maximumKernel } from './kernels/Maximum.js';
import { meanKernel } from './kernels/Mean.js';
import { minKernel } from './kernels/Min.js';
import { minimumKernel } from './kernels/Minimum.js';
import { multiplyKernel } from './kernels/Multiply.js';
import { negKernel } from './kernels/Neg.js';
import { notEqualKernel } from './kernels/NotEqual.js';
import { oneHotKernel } from './kernels/OneHot.js';
import { onesLikeKernel } from './kernels/OnesLike.js';
import { packKernel } from './kernels/Pack.js';
import { padV2Kernel } from './kernels/PadV2.js';
import { powKernel } from './kernels/Pow.js';
import { preluKernel } from './kernels/Prelu.js';
import { prodKernel } from './kernels/Prod.js';
import { realDivKernel } from './kernels/RealDiv.js';
import { reciprocalKernel } from './kernels/Reciprocal.js';
import { reluKernel } from './kernels/Relu.js';
import { relu6Kernel } from './kernels/Relu6.js';
import { reverseKernel } from './kernels/Reverse.js';
import { rsqrtKernel } from './kernels/Rsqrt.js';
import { selectKernel } from './kernels/Select.js';
import { sigmoidKernel } from './kernels/Sigmoid.js';
import { signKernel } from './kernels/Sign.js';
import { sliceKernel } from './kernels/Slice.js';
import { softmaxKernel } from './kernels/Softmax.js';
import { softplusKernel } from './kernels/Softplus.js';
import { splitVKernel } from './kernels/SplitV.js';
import { sqrtKernel } from './kernels/Sqrt.js';
import { squareKernel } from './kernels/Square.js';
import { squaredDifferenceKernel } from './kernels/SquaredDifference.js';
import { stepKernel } from './kernels/Step.js';
import { subKernel } from './kernels/Sub.js';
import { sumKernel } from './kernels/Sum.js';
import { tanhKernel } from './kernels/Tanh.js';
import { tileKernel } from './kernels/Tile.js';
import { topKKernel } from './kernels/TopK.js';
import { transposeKernel } from './kernels/Transpose.js';
import { unpackKernel } from './kernels/Unpack.js';
import { unsortedSegmentSumKernel } from './kernels/UnsortedSegmentSum.js';
import { zerosLikeKernel } from './kernels/ZerosLike.js';
import { fusedMatMulKernel } from './kernels/_FusedMatMul.js';
import { fusedKernels } from './kernels/fused.js';

/** Every kernel of this package; one file each. */
export const nativeKernels: readonly NativeKernelConfig[] = [
  absKernel,
  addKernel,
  addNKernel,
  argMaxKernel,
  argMinKernel,
  batchMatMulKernel,
  castKernel,
  ceilKernel,
  clipByValueKernel,
  concatKernel,
  conv2DKernel,
  conv2DBackpropFilterKernel,
  conv2DBackpropInputKernel,
  eluKernel,
  equalKernel,
  expKernel,
  fillKernel,
  floorKernel,
  gatherV2Kernel,
  greaterKernel,
  greaterEqualKernel,
  leakyReluKernel,
  lessKernel,
  lessEqualKernel,
  logKernel,
  logSoftmaxKernel,
  maxKernel,
  maximumKernel,
  meanKernel,
  minKernel,
  minimumKernel,
  multiplyKernel,
  negKernel,
  notEqualKernel,
  oneHotKernel,
  onesLikeKernel,
  packKernel,
  padV2Kernel,
  powKernel,
  preluKernel,
  prodKernel,
  realDivKernel,
  reciprocalKernel,
  reluKernel,
  relu6Kernel,
  reverseKernel,
  rsqrtKernel,
  selectKernel,
  sigmoidKernel,
  signKernel,
  sliceKernel,
  softmaxKernel,
  softplusKernel,
  splitVKernel,
  sqrtKernel,
  squareKernel,
  squaredDifferenceKernel,
  stepKernel,
  subKernel,
  sumKernel,
  tanhKernel,
  tileKernel,
  topKKernel,
  transposeKernel,
  unpackKernel,
  unsortedSegmentSumKernel,
  zerosLikeKernel,
  fusedMatMulKernel,
  ...fusedKernels,
];
