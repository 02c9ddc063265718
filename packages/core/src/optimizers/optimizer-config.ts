import { z } from 'zod';

const learningRate = z.number().positive();
const epsilon = z.number().positive();
const fraction = z.number().min(0).lt(1);

/** Which rule changes the weights, with PyTorch's names and defaults; the learning rate here is the schedule's base. */
export const optimizerSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('sgd'), learningRate: learningRate.default(1) }),
  z.strictObject({
    name: z.literal('momentum'),
    learningRate: learningRate.default(0.1),
    momentum: fraction.default(0.9),
    nesterov: z.boolean().default(false),
  }),
  z.strictObject({
    name: z.literal('rmsprop'),
    learningRate: learningRate.default(0.01),
    decay: fraction.default(0.99),
    epsilon: epsilon.default(1e-8),
    momentum: fraction.default(0),
  }),
  z.strictObject({
    name: z.literal('adam'),
    learningRate: learningRate.default(0.001),
    beta1: fraction.default(0.9),
    beta2: fraction.default(0.999),
    epsilon: epsilon.default(1e-8),
  }),
  z.strictObject({
    name: z.literal('adamw'),
    learningRate: learningRate.default(0.001),
    beta1: fraction.default(0.9),
    beta2: fraction.default(0.999),
    epsilon: epsilon.default(1e-8),
    weightDecay: z.number().min(0).default(0.01),
  }),
]);

export type OptimizerConfig = z.output<typeof optimizerSchema>;

/**
 * Coefficients of some of the parameters. A parameter belongs to the first group that matches its name; one without a
 * group has only the optimizer's own weight decay.
 */
export const parameterGroupSchema = z.strictObject({
  /** names of parameters, `*` for any letters: `*.recurrentKernel` */
  match: z.string().min(1),
  /** l1·sign(w) is added to the gradient after clipping */
  l1: z.number().min(0).default(0),
  /** l2·w is added to the gradient after clipping (PyTorch's `weight_decay` of SGD and Adam) */
  l2: z.number().min(0).default(0),
  /** decoupled: w ← w − learningRate·weightDecay·w (AdamW); null = the optimizer's own */
  weightDecay: z.number().min(0).nullable().default(null),
  /** the norm of each column of a kernel, a unit's incoming weights, is held at or below it; 0 = off */
  maxNorm: z.number().min(0).default(0),
  /** multiplies the learning rate; 0 freezes the parameter */
  learningRateScale: z.number().min(0).default(1),
});

export type ParameterGroup = z.output<typeof parameterGroupSchema>;
