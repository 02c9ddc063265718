import { longestLag, shortestLag } from './pitch-correlation.js';

/** Frames that may still change what is said of an earlier one. */
export const pathDelay = 20;
/** Of (ln (lag / lag before))². */
const jumpPenalty = 0.1;
/** Longer lags correlate as well as shorter ones of which they are multiples: costs a little, so that no octave is lost. */
const lagPenalty = 10 / 4000;

const lags = longestLag - shortestLag + 1;
const jumpCosts = Float64Array.from({ length: lags * lags }, (_, i) => {
  const [to, from] = [shortestLag + Math.floor(i / lags), shortestLag + (i % lags)];
  return jumpPenalty * Math.log(to / from) ** 2;
});

/** A period and how well it fits a frame. */
export interface ChosenLag {
  /** in samples at `pitchRate`, between two by a parabola through the correlations */
  readonly lag: number;
  /** φ of it */
  readonly correlation: number;
}

/**
 * The row of lags of least cost, each frame's decided when 20 later ones are known (or the end is).
 *
 *   cost = Σ_t 1 − φ_t(l_t)·(1 − 10·l_t / 4000) + 0.1·(ln (l_t / l_{t−1}))²
 *
 * @see Ghahremani et al. 2014, "A pitch extraction algorithm tuned for automatic speech recognition", section 3, whose costs these are; its lags are finer
 */
export class PitchPath {
  private costs = new Float64Array(lags);
  /** of frames that are not decided yet */
  private readonly frames: { readonly correlations: Float64Array; readonly before: Uint8Array }[] = [];

  /** @param correlations - `lagCorrelations` of the next frame. @returns the frame that is decided now, if one is */
  push(correlations: Float64Array): ChosenLag | undefined {
    const earlier = this.costs;
    const costs = new Float64Array(lags);
    const before = new Uint8Array(lags);
    for (let to = 0; to < lags; to++) {
      let best = 0;
      let least = Infinity;
      for (let from = 0, at = to * lags; from < lags; from++, at++) {
        const cost = earlier[from]! + jumpCosts[at]!;
        if (cost >= least) continue;
        least = cost;
        best = from;
      }
      before[to] = best;
      costs[to] = least + 1 - topAround(correlations, to).correlation * (1 - lagPenalty * (shortestLag + to));
    }
    const lowest = costs.reduce((least, cost) => Math.min(least, cost), Infinity);
    this.costs = costs.map((cost) => cost - lowest);
    this.frames.push({ correlations, before });
    if (this.frames.length <= pathDelay) return undefined;
    const chosen = this.traceBack()[0];
    this.frames.shift();
    return chosen;
  }

  /** The frames that are left. */
  end(): ChosenLag[] {
    return this.traceBack();
  }

  private traceBack(): ChosenLag[] {
    const chosen: ChosenLag[] = [];
    let lag = this.costs.indexOf(0);
    for (let t = this.frames.length - 1; t >= 0; t--) {
      const { correlations, before } = this.frames[t]!;
      chosen[t] = topAround(correlations, lag);
      lag = before[lag]!;
    }
    return chosen;
  }
}

/** A lag, or where its correlation is the highest of three the top of the parabola through them. */
function topAround(correlations: Float64Array, index: number): ChosenLag {
  const left = correlations[index]!;
  const middle = correlations[index + 1]!;
  const right = correlations[index + 2]!;
  const bend = left - 2 * middle + right;
  const isTop = middle >= left && middle >= right && bend < 0;
  const shift = isTop ? (left - right) / (2 * bend) : 0;
  return { lag: shortestLag + index + shift, correlation: Math.min(1, middle - ((left - right) * shift) / 4) };
}
