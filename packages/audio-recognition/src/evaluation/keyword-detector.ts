/** How a word is told from the noise around it. */
export interface DetectOptions {
  /** from one probability to the next */
  readonly stepSeconds: number;
  /** the probability is averaged over the last so many seconds; 0.3 unless set */
  readonly smoothingSeconds?: number | undefined;
  /** after a detection there is none for so long; 1 unless set */
  readonly refractorySeconds?: number | undefined;
}

/** Listens for one keyword. */
export interface KeywordDetector {
  /**
   * @param probability - of the keyword, a step after the one before
   * @returns the mean of the last ones where the keyword is heard now
   */
  push(probability: number): number | undefined;
}

/**
 * A keyword is heard where the mean of its last probabilities reaches the threshold, and then not again before the refractory time is over and
 * the mean has been below it. At the beginning the mean is that of fewer.
 *
 * @see Chen, Parada & Heigold 2014, "Small-footprint keyword spotting using deep neural networks", section 2.3
 */
export function createKeywordDetector(
  threshold: number,
  { stepSeconds, smoothingSeconds = 0.3, refractorySeconds = 1 }: DetectOptions,
): KeywordDetector {
  const width = Math.max(1, Math.round(smoothingSeconds / stepSeconds));
  const last: number[] = [];
  let isAbove = false;
  let steps = 0;
  let heardAt = -Infinity;
  return {
    push(probability) {
      if (last.push(probability) > width) last.shift();
      steps += 1;
      const mean = last.reduce((sum, value) => sum + value, 0) / last.length;
      const wasAbove = isAbove;
      isAbove = mean >= threshold;
      const now = steps * stepSeconds;
      if (!isAbove || wasAbove || now - heardAt < refractorySeconds) return undefined;
      heardAt = now;
      return mean;
    },
  };
}

/** When a keyword is heard among probabilities of all steps. @returns times in seconds, rising */
export function detectKeyword(
  probabilities: ArrayLike<number>,
  threshold: number,
  options: DetectOptions,
): readonly number[] {
  const detector = createKeywordDetector(threshold, options);
  const times: number[] = [];
  for (let step = 0; step < probabilities.length; step++) {
    if (detector.push(probabilities[step]!) !== undefined) times.push((step + 1) * options.stepSeconds);
  }
  return times;
}
