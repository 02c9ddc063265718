import type { DecodingConfig } from '../config.js';

type Scoring = Pick<DecodingConfig, 'lengthNormalization' | 'lengthAlpha' | 'coveragePenalty'>;

/**
 * What hypotheses are ordered by.
 *
 *   none      log p
 *   average   log p / |y|
 *   wu        log p / ((5 + |y|) / 6)^α
 *
 * @param logProbability - log p(y | x), in nats
 * @param length - |y|: tokens, and `</s>` where it ended the hypothesis
 *
 * @see Wu et al. 2016, equation 14
 */
export function normalizedScore(
  logProbability: number,
  length: number,
  { lengthNormalization, lengthAlpha }: Omit<Scoring, 'coveragePenalty'>,
): number {
  switch (lengthNormalization) {
    case 'none':
      return logProbability;
    case 'average':
      return logProbability / length;
    case 'wu':
      return logProbability / ((5 + length) / 6) ** lengthAlpha;
  }
}

/**
 * A score that no continuation of a hypothesis exceeds. With every token log p falls or stays, and each normalisation is
 * kindest to the longest hypothesis, so it is the score of the same log p at the limit. Coverage only takes away.
 */
export function bestPossibleScore(logProbability: number, limit: number, scoring: Scoring): number {
  return normalizedScore(logProbability, limit, scoring);
}

/** A source token counts as attended this much at least, so that one that was never looked at is no −∞. */
const leastCoverage = 1e-6;

/**
 * How much of the source was left out, 0 or less.
 *
 *   cp = β · Σᵢ log min(Σⱼ aⱼᵢ, 1)
 *
 * over source tokens i, `</s>` among them, and steps j.
 *
 * @param attention - `[step][source token]`
 * @see Wu et al. 2016, equation 14
 */
export function coverageScore(attention: readonly Float32Array[], penalty: number): number {
  let sum = 0;
  for (let i = 0; i < (attention[0]?.length ?? 0); i++) {
    const covered = attention.reduce((total, row) => total + row[i]!, 0);
    sum += Math.log(Math.max(leastCoverage, Math.min(covered, 1)));
  }
  return penalty * sum;
}
