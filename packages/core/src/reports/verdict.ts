/** How a model compares with another: better and worse are said where it is more than chance. */
export type Verdict = 'better' | 'worse' | 'undecided';

export interface VerdictWords {
  readonly name: string;
  readonly against: string;
  /** of what the other is the best: `the best of 3`; nothing where there was no choice */
  readonly bestOf?: string | undefined;
  /** both scores and how far they are apart: `F1 90.1 against 89.2, 0.9 points more` */
  readonly numbers: string;
  /** what the test says of chance */
  readonly test: string;
}

/** A comparison in a sentence or two, which ends with what to do. */
export function describeVerdict(verdict: Verdict, { name, against, bestOf, numbers, test }: VerdictWords): string {
  const best = bestOf === undefined ? against : `${against}, ${bestOf}`;
  switch (verdict) {
    case 'better':
      return `${name} beats ${best}: ${numbers}; ${test}.`;
    case 'worse':
      return `${name} is worse than ${best}: ${numbers}; ${test}. ${against} is the one to use.`;
    case 'undecided':
      return `${name} is no better than ${best}, as far as this test can tell: ${numbers}; ${test}.`;
  }
}
