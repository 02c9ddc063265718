import type { Cost } from '@unroll/core/profiling';
import type { Precision } from '../harness/protocol.js';
import type { RunHead } from '../harness/run-head.js';
import type { Summary } from '../harness/statistics.js';

/** What the machine reaches at best, by the engine's own kernels. */
export interface Ceilings {
  /** 10⁹ multiplications and additions a second in a large matrix product */
  readonly products: Readonly<Record<Precision, number>>;
  /** 10⁹ bytes a second from and to memory, and where everything fits into the last cache */
  readonly memory: number;
  readonly cache: number;
  /** of the last cache; null where the system does not tell */
  readonly cacheBytes: number | null;
}

/** What limits a kernel that does nothing twice. */
export type Bound = 'products' | 'memory' | 'cache';

/** The least time that a kernel's counted work can take on this machine. */
export interface Floor {
  readonly ms: number;
  readonly bound: Bound;
}

/** A kernel in the training steps of a model: its work and its times are those of all of its calls in one step. */
export interface KernelRow extends Cost {
  readonly model: string;
  readonly precision: Precision;
  readonly kernel: string;
  readonly calls: number;
  readonly floor: Floor;
  readonly ms: Summary;
}

/** A whole training step: the floors of all of its kernels one after the other. */
export interface StepRow {
  readonly model: string;
  readonly precision: Precision;
  readonly floorMs: number;
  readonly ms: Summary;
}

/** A step of stacked layers at batch 1: every weight is read once, in the format that it is kept in. */
export interface StepperRow {
  readonly precision: Precision;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly bytes: number;
  readonly floor: Floor;
  readonly ms: Summary;
}

/** `benchmarks/results/roofline.json` */
export interface RooflineResult extends RunHead {
  readonly engine: string;
  readonly ceilings: Ceilings;
  readonly steps: readonly StepRow[];
  readonly kernels: readonly KernelRow[];
  readonly steppers: readonly StepperRow[];
}
