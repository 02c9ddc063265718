import type { Calls } from './arguments.js';
import { attentionCalls } from './attention.js';
import { attentionSequenceCalls } from './attention-sequence.js';
import { convolutionCalls } from './convolution.js';
import { crfCalls } from './crf.js';
import { ctcCalls } from './ctc.js';
import { generalCalls } from './general.js';
import { inputFeedingCalls } from './input-feeding.js';
import { sequenceCalls } from './sequences.js';
import { spectralCalls } from './spectral.js';
import { stepperCalls } from './stepper.js';
import { trainingCalls } from './training.js';

/** Right calls of every function that the addon exports; a function without them fails the tests of the border. */
export const calls: Calls = {
  ...generalCalls,
  ...sequenceCalls,
  ...trainingCalls,
  ...crfCalls,
  ...ctcCalls,
  ...convolutionCalls,
  ...attentionCalls,
  ...attentionSequenceCalls,
  ...inputFeedingCalls,
  ...stepperCalls,
  ...spectralCalls,
};
