import type { StepEvent, TrainingEvent } from '../training/events.js';

/** A quantity over the steps of a run. */
export interface Curve {
  /** as shown: `loss`, `valid perplexity` */
  readonly name: string;
  /** pairs of step and value, in order of steps; values are finite */
  readonly points: readonly (readonly [number, number])[];
}

export interface Curves {
  /** mean training loss per counted item */
  readonly loss: Curve;
  /** loss of the validation split per counted item */
  readonly validLoss: Curve;
  /** the score that picks the best checkpoint, on the validation split */
  readonly score: Curve;
  readonly learningRate: Curve;
  /** counted items of the training loss per second */
  readonly tokensPerSecond: Curve;
  /** before clipping */
  readonly gradientNorm: Curve;
}

/**
 * The curves of a run from its events, each thinned to means over at most `maxPoints` equal stretches.
 *
 * A resumed run repeats the steps after its checkpoint: of a step seen twice the last one counts.
 */
export function collectCurves(events: Iterable<TrainingEvent>, scoreName: string, maxPoints = 400): Curves {
  const steps = new Map<number, StepEvent>();
  const speed = new Map<number, number>();
  const evaluations = new Map<number, { loss: number; score: number }>();
  let previousMs = 0;
  for (const event of events) {
    if (event.type === 'step') {
      steps.set(event.step, event);
      const elapsedMs = event.elapsedMs - previousMs;
      if (elapsedMs > 0) speed.set(event.step, (event.tokens / elapsedMs) * 1000);
    } else if (event.type === 'evaluation') {
      evaluations.set(event.step, { loss: event.scores.loss, score: event.scores[scoreName] ?? Number.NaN });
    }
    previousMs = event.elapsedMs;
  }
  const curve = (name: string, points: Iterable<readonly [number, number]>): Curve => ({
    name,
    points: thin(finiteInOrder(points), maxPoints),
  });
  const ofSteps = (value: (event: StepEvent) => number) =>
    Array.from(steps, ([step, event]) => [step, value(event)] as const);
  return {
    loss: curve(
      'training loss',
      ofSteps((event) => event.loss),
    ),
    validLoss: curve(
      'validation loss',
      Array.from(evaluations, ([step, { loss }]) => [step, loss] as const),
    ),
    score: curve(
      `validation ${scoreName}`,
      Array.from(evaluations, ([step, { score }]) => [step, score] as const),
    ),
    learningRate: curve(
      'learning rate',
      ofSteps((event) => event.learningRate),
    ),
    tokensPerSecond: curve('tokens per second', speed),
    gradientNorm: curve(
      'gradient norm',
      ofSteps((event) => event.gradientNorm),
    ),
  };
}

function finiteInOrder(points: Iterable<readonly [number, number]>): (readonly [number, number])[] {
  return [...points].filter(([, value]) => Number.isFinite(value)).sort(([a], [b]) => a - b);
}

/** Means over consecutive stretches of equal length; the last step stays the last. */
function thin(
  points: readonly (readonly [number, number])[],
  maxPoints: number,
): readonly (readonly [number, number])[] {
  if (points.length <= maxPoints) return points;
  const stretch = Math.ceil(points.length / maxPoints);
  const thinned: (readonly [number, number])[] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const part = points.slice(start, start + stretch);
    const mean = part.reduce((sum, [, value]) => sum + value, 0) / part.length;
    thinned.push([part.at(-1)![0], mean]);
  }
  return thinned;
}
