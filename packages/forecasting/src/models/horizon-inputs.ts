import type { PanelFacts, WindowBatch } from '../types.js';

/** What a direct model may read about a step that it forecasts: see `assembleHorizonInputs`. */
export interface HorizonLayout {
  /** in steps: those that are at least as long as the horizon, so that they reach what is known */
  readonly lags: readonly number[];
  /** numbers a step */
  readonly width: number;
}

/** @param knownWidth - as in `WindowBatch` */
export function createHorizonLayout(
  facts: PanelFacts,
  { horizon, knownWidth }: { readonly horizon: number; readonly knownWidth: number },
): HorizonLayout {
  const lags = facts.lags.filter((lag) => lag >= horizon);
  // Where nothing is known of the future, a zero stands for it.
  return { lags, width: Math.max(1, 2 * lags.length + knownWidth) };
}

/**
 * Of steps `from` … `from + steps − 1` of each window (0 = the first of the context), every channel a row of its own:
 *
 *   target at each lag · is it a real value · calendar and known covariates
 *
 * @returns `[steps, batch·channels, layout.width]`
 */
export function assembleHorizonInputs(
  batch: WindowBatch,
  { lags, width }: HorizonLayout,
  { from, steps }: { readonly from: number; readonly steps: number },
): Float32Array {
  const { batchSize, channels, lagLength, contextLength, horizon, knownWidth } = batch;
  const rows = batchSize * channels;
  const length = lagLength + contextLength + horizon;
  const inputs = new Float32Array(steps * rows * width);
  for (let row = 0; row < rows; row++) {
    const known = Math.floor(row / channels) * (contextLength + horizon);
    for (let s = 0; s < steps; s++) {
      let at = (s * rows + row) * width;
      for (const lag of lags) {
        const place = row * length + lagLength + from + s - lag;
        inputs[at++] = batch.targets[place]!;
        inputs[at++] = batch.observed[place]!;
      }
      const first = (known + from + s) * knownWidth;
      for (let k = 0; k < knownWidth; k++) inputs[at + k] = batch.known[first + k]!;
    }
  }
  return inputs;
}
