/** What both functions of connectionist temporal classification begin with; shapes are those of `CtcLossInputs`. */
export type CtcArguments = [
  timeSteps: number,
  batchSize: number,
  symbols: number,
  mostLabels: number,
  blank: number,
  logits: Float32Array,
  labels: Int32Array,
  labelLengths: Int32Array,
  lengths: Int32Array,
];

/** The addon's functions of connectionist temporal classification; `FusedFunctions` includes them. */
export interface CtcFunctions {
  ctcLoss(...call: [...CtcArguments, losses: Float32Array, occupancy: Float32Array | null]): void;
  ctcLossGrad(
    ...call: [
      ...CtcArguments,
      losses: Float32Array,
      occupancy: Float32Array,
      dLosses: Float32Array,
      dLogits: Float32Array,
    ]
  ): void;
}
