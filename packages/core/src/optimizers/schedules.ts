import { z } from 'zod';

const unit = z.enum(['epoch', 'step']).default('epoch');
const factor = z.number().positive().max(1);
const warmupSteps = z.int().min(0).default(0);

/**
 * How the learning rate moves: a factor of the optimizer's learning rate. With `warmupSteps` = w > 0 the first w steps
 * are multiplied by (step + 1) / w as well, whatever the schedule.
 */
export const scheduleSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('constant'), warmupSteps }),
  /** factor^⌊n / every⌋ */
  z.strictObject({ name: z.literal('step'), factor: factor.default(0.1), every: z.int().min(1), unit, warmupSteps }),
  /** factor^max(0, n + 1 − hold): full rate for `hold` units, then one factor more each (Zaremba et al. 2014) */
  z.strictObject({ name: z.literal('exponential'), factor, hold: z.int().min(1).default(1), unit, warmupSteps }),
  /** half a cosine from 1 to minimumFactor over `steps` (0 = the whole run), then minimumFactor */
  z.strictObject({
    name: z.literal('cosine'),
    steps: z.int().min(0).default(0),
    minimumFactor: z.number().min(0).max(1).default(0),
    warmupSteps,
  }),
  /** times `factor` after more than `patience` evaluations in a row without an improvement of the best score */
  z.strictObject({
    name: z.literal('plateau'),
    factor: factor.default(0.5),
    patience: z.int().min(0).default(0),
    minimumImprovement: z.number().min(0).default(0),
    minimumFactor: z.number().min(0).max(1).default(0),
    warmupSteps,
  }),
]);

export type ScheduleConfig = z.output<typeof scheduleSchema>;

/** Where training stands; all counted from 0. */
export interface SchedulePosition {
  readonly step: number;
  readonly epoch: number;
  /** updates of the whole run */
  readonly totalSteps: number;
  /** how often the plateau rule has reduced the rate */
  readonly reductions: number;
}

/** The learning rate is the optimizer's times this; a pure function of the position. */
export function scheduleFactor(schedule: ScheduleConfig, position: SchedulePosition): number {
  const { warmupSteps } = schedule;
  const warmup = warmupSteps > 0 ? Math.min(1, (position.step + 1) / warmupSteps) : 1;
  return warmup * steadyFactor(schedule, position);
}

function steadyFactor(schedule: ScheduleConfig, position: SchedulePosition): number {
  switch (schedule.name) {
    case 'constant':
      return 1;
    case 'step':
      return schedule.factor ** Math.floor(position[schedule.unit] / schedule.every);
    case 'exponential':
      return schedule.factor ** Math.max(0, position[schedule.unit] + 1 - schedule.hold);
    case 'cosine': {
      const length = schedule.steps || position.totalSteps;
      const done = Math.min(
        1,
        Math.max(0, position.step - schedule.warmupSteps) / Math.max(1, length - schedule.warmupSteps),
      );
      return schedule.minimumFactor + ((1 - schedule.minimumFactor) * (1 + Math.cos(Math.PI * done))) / 2;
    }
    case 'plateau':
      return Math.max(schedule.minimumFactor, schedule.factor ** position.reductions);
  }
}
