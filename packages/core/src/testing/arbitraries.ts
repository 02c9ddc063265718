import * as fc from 'fast-check';

/** Sizes and lengths of a batch of sequences, and a seed for its numbers. */
export interface SequenceCase {
  readonly timeSteps: number;
  readonly batchSize: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** each 0 … timeSteps */
  readonly lengths: readonly number[];
  readonly reverse: boolean;
  readonly seed: number;
}

/** Small and mostly odd sizes, so that a kernel's vector loops meet their remainders; every length from 0 on. */
export const sequenceCases: fc.Arbitrary<SequenceCase> = fc
  .record({
    timeSteps: fc.integer({ min: 1, max: 6 }),
    batchSize: fc.integer({ min: 1, max: 5 }),
    inputSize: fc.integer({ min: 1, max: 9 }),
    hiddenSize: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(16, 17, 33)),
    reverse: fc.boolean(),
    seed: fc.nat(),
  })
  .chain((sizes) =>
    fc
      .array(fc.integer({ min: 0, max: sizes.timeSteps }), { minLength: sizes.batchSize, maxLength: sizes.batchSize })
      .map((lengths) => ({ ...sizes, lengths })),
  );

/**
 * Checks a property on 100 cases, or as many as said. The seed is fixed, so that a failure comes back; fast-check's
 * message holds the smallest failing case.
 */
export function forAll<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void, numRuns = 100): void {
  fc.assert(fc.property(arbitrary, check), { numRuns, seed: 20260101 });
}
