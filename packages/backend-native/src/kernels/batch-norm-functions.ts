export type NormalizeBatchArguments = [
  segments: number,
  repeats: number,
  channels: number,
  x: Float32Array,
  mask: Float32Array | null,
  scale: Float32Array,
  offset: Float32Array,
  epsilon: number,
];

/** The addon's functions of batch normalisation. */
export interface BatchNormFunctions {
  normalizeBatch(
    ...call: [...NormalizeBatchArguments, y: Float32Array, mean: Float32Array, variance: Float32Array]
  ): void;
  normalizeBatchGrad(
    ...call: [
      ...NormalizeBatchArguments,
      mean: Float32Array,
      variance: Float32Array,
      dy: Float32Array,
      dx: Float32Array,
      dScale: Float32Array,
      dOffset: Float32Array,
    ]
  ): void;
}
