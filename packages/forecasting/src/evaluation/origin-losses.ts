import type { WindowSums } from './tally.js';

/** A forecaster's loss at each origin, and of each series, for comparing two of them. */
export class OriginLosses {
  private readonly byRound: readonly [Float64Array, Float64Array];
  private readonly bySeries: readonly [Float64Array, Float64Array];

  constructor(rounds: number, series: number) {
    this.byRound = [new Float64Array(rounds), new Float64Array(rounds)];
    this.bySeries = [new Float64Array(series), new Float64Array(series)];
  }

  add({ round, place }: { readonly round: number; readonly place: number }, { values, weights }: WindowSums): void {
    this.byRound[0][round]! += values;
    this.byRound[1][round]! += weights;
    this.bySeries[0][place]! += values;
    this.bySeries[1][place]! += weights;
  }

  /** mean loss of each round, over series, channels and steps; NaN where nothing was scored */
  ofRounds(): Float64Array {
    return this.byRound[0].map((values, round) => values / this.byRound[1][round]!);
  }

  /** mean loss of each series, over origins, channels and steps */
  ofSeries(): Float64Array {
    return this.bySeries[0].map((values, series) => values / this.bySeries[1][series]!);
  }
}
