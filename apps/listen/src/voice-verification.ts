import { permutation, type RandomKey } from '@unroll/core';
import { areaUnder, equalErrorRate, minimumDetectionCost, rocCurve, type RocPoint } from '@unroll/audio-recognition';

/** Whether two recordings are of one person, told by the cosine of their vectors. */
export interface VoiceVerification {
  readonly trials: number;
  /** where as many strangers are accepted as friends are refused, in 0 … 1 */
  readonly equalErrorRate: number;
  /** the cosine there */
  readonly threshold: number;
  readonly areaUnder: number;
  /** `minimumDetectionCost` where 1 % of the pairs are of one person; 1 = no better than accepting nobody */
  readonly minimumCost: number;
  readonly roc: readonly RocPoint[];
}

/** Recordings that are compared, each with each: more are drawn from. */
const mostCompared = 1000;

/** Every pair of recordings as a trial; `undefined` where all are of one person, or each of another. */
export function verifyVoices(
  voices: readonly { readonly speaker: string; readonly embedding: Float32Array }[],
  key: RandomKey,
): VoiceVerification | undefined {
  const order = permutation(key, voices.length).slice(0, mostCompared);
  const chosen = Array.from(order, (i) => voices[i]!);
  const scores: number[] = [];
  const same: boolean[] = [];
  chosen.forEach((first, i) => {
    for (const second of chosen.slice(i + 1)) {
      scores.push(first.embedding.reduce((sum, value, k) => sum + value * second.embedding[k]!, 0));
      same.push(first.speaker === second.speaker);
    }
  });
  if (!same.includes(true) || !same.includes(false)) return undefined;
  const roc = rocCurve(scores, same);
  const { rate, threshold } = equalErrorRate(roc);
  return {
    trials: scores.length,
    equalErrorRate: rate,
    threshold,
    areaUnder: areaUnder(roc),
    minimumCost: minimumDetectionCost(roc),
    roc,
  };
}
