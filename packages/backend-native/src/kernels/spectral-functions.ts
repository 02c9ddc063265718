/** The addon's function of features of sound; NativeFunctions says what all have in common. */
export interface SpectralFunctions {
  /** `features` `[frames, columns]`; SpectralPlan of core says what the rest is. */
  spectralFeatures(
    ...call: [
      samples: Float32Array,
      first: number,
      frames: number,
      hopLength: number,
      fftSize: number,
      table: Float64Array,
      frameLength: number,
      window: Float64Array,
      scale: number,
      removeMean: boolean,
      preEmphasis: number,
      filters: number,
      ranges: Int32Array,
      weightCount: number,
      weights: Float64Array,
      floor: number,
      factor: number,
      energyScale: number,
      features: Float32Array,
    ]
  ): void;
}
