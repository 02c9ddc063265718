import { z } from 'zod';
import type { Frozen } from '../config.js';
import { optimizerSchema, parameterGroupSchema } from '../optimizers/optimizer-config.js';
import { scheduleSchema } from '../optimizers/schedules.js';

/** The `training` part of a run's configuration. One step is one update of the weights. */
export const trainingConfigSchema = z.strictObject({
  /** passes over the training split */
  epochs: z.int().min(1).default(1),
  /** ends the run after so many steps, even inside an epoch; 0 = no limit */
  maxSteps: z.int().min(0).default(0),
  optimizer: optimizerSchema.prefault({ name: 'sgd' }),
  schedule: scheduleSchema.prefault({ name: 'constant' }),
  /** the gradients of all parameters are scaled down to this norm together; 0 = off */
  clipNorm: z.number().min(0).default(0),
  /** then each value is held between −clipValue and clipValue; 0 = off */
  clipValue: z.number().min(0).default(0),
  /** batches whose gradients are summed for one step; what an epoch leaves over makes a smaller last step */
  accumulationSteps: z.int().min(1).default(1),
  /**
   * 0 = off; otherwise a batch is walked in pieces of time, of which each keeps at most so many bytes for its backward
   * pass. Memory no longer grows with the length of a batch, for one more forward pass (Chen et al. 2016).
   */
  activationBytes: z.int().min(0).default(0),
  regularization: z.array(parameterGroupSchema).default([]),
  earlyStopping: z
    .strictObject({
      /** ends the run after so many evaluations in a row without improvement; 0 = off */
      patience: z.int().min(0).default(0),
      /** what counts as better than the best score so far, in the score's own unit */
      minimumImprovement: z.number().min(0).default(0),
    })
    .prefault({}),
  /** 0 = at the end of each epoch */
  evaluateEverySteps: z.int().min(0).default(0),
  /** 0 = at the end of each epoch; besides that, one at every best score and one at the end */
  checkpointEverySteps: z.int().min(0).default(0),
  /** the newest so many are kept, and the one of the best score */
  keepCheckpoints: z.int().min(1).default(2),
});

export type TrainingConfig = Frozen<z.output<typeof trainingConfigSchema>>;
/** What a preset or a file may leave out. */
export type TrainingConfigInput = z.input<typeof trainingConfigSchema>;
