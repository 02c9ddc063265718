/** The contract of the fused kernel, beside those of kernel-names.ts. */
export const SpectralFeatures = 'SpectralFeatures';

/** How frames of sound become logarithms of filtered power; `spectralFeatures` says the equation. */
export interface SpectralPlan {
  readonly hopLength: number;
  /** even, at least the window's length; quick for products of small primes */
  readonly fftSize: number;
  /** `fourierTable(fftSize)` */
  readonly table: Float64Array;
  /** as long as a frame */
  readonly window: Float64Array;
  /** multiplies the samples */
  readonly scale: number;
  readonly removeMean: boolean;
  /** a, 0 for none */
  readonly preEmphasis: number;
  /** `[filters, 2]`: first bin, of 0 … fftSize / 2, and how many */
  readonly filterRanges: Int32Array;
  /** those of the first filter, then those of the second … */
  readonly filterWeights: Float64Array;
  /** above 0 */
  readonly floor: number;
  /** of natural logarithms */
  readonly factor: number;
  /** multiplies the sum of squares of a frame for one more column, the first; 0 for none */
  readonly energyScale: number;
}

/** Which frames: the first begins at sample `first`, which may be negative; the others follow by `hopLength`. */
export interface SpectralFrames {
  readonly first: number;
  readonly count: number;
}

/** Inputs: samples `[n]`. Output: `[frames.count, columns]`. */
export interface SpectralFeaturesAttributes {
  readonly plan: SpectralPlan;
  readonly frames: SpectralFrames;
}
