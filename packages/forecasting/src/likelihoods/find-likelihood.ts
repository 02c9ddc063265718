import type { ModelConfigOf } from '../config.js';
import { gaussian } from './gaussian.js';
import type { Likelihood } from './likelihood.js';
import { negativeBinomial } from './negative-binomial.js';
import { poisson } from './poisson.js';
import { studentT } from './student-t.js';
import { zeroInflatedGamma } from './zero-inflated-gamma.js';

export type LikelihoodName = ModelConfigOf<'deepar'>['likelihood'];

const likelihoods: Readonly<Record<LikelihoodName, Likelihood>> = {
  gaussian,
  'student-t': studentT,
  'negative-binomial': negativeBinomial,
  poisson,
  'zero-inflated-gamma': zeroInflatedGamma,
};

export function findLikelihood(name: LikelihoodName): Likelihood {
  return likelihoods[name];
}
