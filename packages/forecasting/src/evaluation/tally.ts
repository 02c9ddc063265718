import { forecastMetrics } from '../metrics.js';
import { meanCorrelation, mergedMoments, PairMoments, rootRelativeSquaredError } from './moments.js';
import type { ForecastMetric, ScoredWindow } from './scored-window.js';

/** By name; what could not be computed is left out. */
export type Scores = Readonly<Record<string, number>>;

/** Sums of one metric's values and weights. */
class Sums {
  readonly values: Float64Array;
  readonly weights: Float64Array;

  constructor(size: number) {
    this.values = new Float64Array(size);
    this.weights = new Float64Array(size);
  }
}

export interface TallyOptions {
  /** of the quantiles that are asked for, ascending */
  readonly levels: readonly number[];
  readonly horizon: number;
  /** of all series together */
  readonly channels: number;
}

/** What the steps of one window add to a metric. */
export interface WindowSums {
  readonly values: number;
  readonly weights: number;
}

/** Sums the scores of one forecaster over all windows, by step ahead and by channel; windows themselves are not kept. */
export class Tally {
  private readonly metrics: readonly ForecastMetric[];
  private readonly byStep: readonly Sums[];
  private readonly byChannel: readonly Sums[];
  /** `[channel * horizon + step]`, with holes */
  private readonly moments: (PairMoments | undefined)[] = [];
  private readonly horizon: number;
  private readonly channels: number;

  constructor({ levels, horizon, channels }: TallyOptions) {
    this.metrics = forecastMetrics(levels);
    this.horizon = horizon;
    this.channels = channels;
    this.byStep = this.metrics.map(() => new Sums(horizon));
    this.byChannel = this.metrics.map(() => new Sums(channels));
  }

  /**
   * @param channel - place among the channels of all series
   * @returns what the window adds to the metric `loss`
   */
  add(channel: number, window: ScoredWindow, loss: string): WindowSums {
    let losses: WindowSums = { values: 0, weights: 0 };
    this.metrics.forEach((metric, i) => {
      const sums = sumSteps(metric, window, this.byStep[i]!);
      this.byChannel[i]!.values[channel]! += sums.values;
      this.byChannel[i]!.weights[channel]! += sums.weights;
      if (metric.name === loss) losses = sums;
    });
    const { actual, mean } = window;
    for (let step = 0; step < this.horizon; step++) {
      if (Number.isNaN(actual[step]! + mean[step]!)) continue;
      const moments = (this.moments[channel * this.horizon + step] ??= new PairMoments());
      moments.add(actual[step]!, mean[step]!);
    }
    return losses;
  }

  overall(): Scores {
    const sums = this.byStep.map(({ values, weights }) => [total(values), total(weights)] as const);
    const stepsAhead = Array.from({ length: this.horizon }, (_, step) => meanCorrelation(this.momentsOfStep(step)));
    return this.scores((i) => sums[i]!, {
      rse: rootRelativeSquaredError(mergedMoments(this.moments.filter((moments) => moments !== undefined))),
      corr: meanOfKnown(stepsAhead),
    });
  }

  /** @param step - 0 for the first step ahead */
  ofStep(step: number): Scores {
    const moments = this.momentsOfStep(step);
    return this.scores((i) => [this.byStep[i]!.values[step]!, this.byStep[i]!.weights[step]!], {
      rse: rootRelativeSquaredError(mergedMoments(moments)),
      corr: meanCorrelation(moments),
    });
  }

  ofChannel(channel: number): Scores {
    const moments = this.momentsOfChannel(channel);
    return this.scores((i) => [this.byChannel[i]!.values[channel]!, this.byChannel[i]!.weights[channel]!], {
      rse: rootRelativeSquaredError(mergedMoments(moments)),
      corr: meanOfKnown(moments.map((one) => meanCorrelation([one]))),
    });
  }

  private scores(sumsOf: (metric: number) => readonly [number, number], others: Scores): Scores {
    const named = this.metrics.map(({ name, finish }, i): [string, number] => {
      const [values, weights] = sumsOf(i);
      return [name, finish ? finish(values / weights) : values / weights];
    });
    return Object.fromEntries([...named, ...Object.entries(others)].filter(([, score]) => Number.isFinite(score)));
  }

  private momentsOfStep(step: number): readonly PairMoments[] {
    const places = Array.from({ length: this.channels }, (_, channel) => channel * this.horizon + step);
    return places.flatMap((place) => this.moments[place] ?? []);
  }

  private momentsOfChannel(channel: number): readonly PairMoments[] {
    const from = channel * this.horizon;
    return this.moments.slice(from, from + this.horizon).filter((moments) => moments !== undefined);
  }
}

/** Adds a window to a metric's sums by step. @returns what was added in all */
function sumSteps({ value, weight }: ForecastMetric, window: ScoredWindow, byStep: Sums): WindowSums {
  let values = 0;
  let weights = 0;
  for (let step = 0; step < byStep.values.length; step++) {
    if (Number.isNaN(window.actual[step]!)) continue;
    const one = value(window, step);
    if (Number.isNaN(one)) continue;
    const weighs = weight ? weight(window, step) : 1;
    byStep.values[step]! += one;
    byStep.weights[step]! += weighs;
    values += one;
    weights += weighs;
  }
  return { values, weights };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function meanOfKnown(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
