import type { Scores } from './task.js';

interface Position {
  /** updates done so far */
  readonly step: number;
  /** from 0 */
  readonly epoch: number;
  /** milliseconds of this process's training so far */
  readonly elapsedMs: number;
}

/** First of all: what lies ahead. */
export interface StartedEvent extends Position {
  readonly type: 'started';
  /** steps of the whole run, those before a resume included */
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  readonly parameterCount: number;
}

/** One update was made. */
export interface StepEvent extends Position {
  readonly type: 'step';
  /** mean of the step's batches per counted item, before the update */
  readonly loss: number;
  /** items that the loss runs over, for example tokens */
  readonly tokens: number;
  readonly learningRate: number;
  /** before clipping */
  readonly gradientNorm: number;
}

/** The validation split was scored. */
export interface EvaluationEvent extends Position {
  readonly type: 'evaluation';
  readonly scores: Scores;
  /** better than every score before */
  readonly best: boolean;
}

/** A checkpoint is safely on disk. */
export interface CheckpointEvent extends Position {
  readonly type: 'checkpoint';
  readonly path: string;
}

/** An epoch is over; `epoch` is the one that ended. */
export interface EpochEvent extends Position {
  readonly type: 'epoch';
  /** mean training loss of the epoch per counted item */
  readonly loss: number;
  readonly tokens: number;
}

export type StopReason = 'completed' | 'max-steps' | 'early-stopping' | 'interrupted';

/** Last of all. */
export interface StoppedEvent extends Position {
  readonly type: 'stopped';
  readonly reason: StopReason;
  readonly best?: { readonly score: number; readonly step: number };
}

/** What `train` yields, plain data. */
export type TrainingEvent = StartedEvent | StepEvent | EvaluationEvent | CheckpointEvent | EpochEvent | StoppedEvent;
