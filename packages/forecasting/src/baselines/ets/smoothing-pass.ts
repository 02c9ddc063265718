import type { EtsForm } from './form.js';

/** Smoothing coefficients and a state, in places of one array: the season's phases follow the trend. */
export const places = { alpha: 0, beta: 1, gamma: 2, phi: 3, level: 4, trend: 5, season: 6 } as const;

/** What a pass through a history leaves for the way back, one number a step. */
export interface Trace {
  readonly base: Float64Array;
  readonly trend: Float64Array;
  readonly season: Float64Array;
  readonly error: Float64Array;
}

export interface PassResult {
  /** of the errors, relative ones where they multiply */
  readonly squares: number;
  /** Σ ln μ of multiplicative errors, otherwise 0 */
  readonly logMeans: number;
  readonly observations: number;
}

export function createTrace(length: number): Trace {
  const array = () => new Float64Array(length);
  return { base: array(), trend: array(), season: array(), error: array() };
}

/**
 * Exponential smoothing through a history, in the form of error corrections; `state`, at first the initial one, ends as
 * the last.
 *
 *   q = ℓ + φ·b      μ = q, q + s or q·s      e = y − μ
 *   ℓ′ = q + α·e/s   b′ = φ·b + β·e/s         s′ = s + γ·e/q      (÷ s and ÷ q only where the season multiplies)
 *
 * A missing value changes nothing but what time changes: e = 0. The phase of step 0 is the season's first.
 *
 * @param state - see `places`; β = 0, b = 0 and φ = 1 without a trend
 * @returns undefined where a mean, level or index of a multiplicative form is not positive
 *
 * @see Hyndman, Koehler, Ord & Snyder 2008, tables 2.2 and 2.3: both kinds of errors share these updates
 */
export function smoothingPass(
  form: EtsForm,
  { values, state, trace }: { values: Float64Array; state: Float64Array; trace: Trace },
): PassResult | undefined {
  const [alpha, beta, gamma, phi] = [state[0]!, state[1]!, state[2]!, state[3]!];
  const relative = form.error === 'multiplicative';
  const multiplied = form.season === 'multiplicative';
  const seasonality = form.season === 'none' ? 0 : state.length - places.season;
  let level = state[places.level]!;
  let trend = state[places.trend]!;
  let place: number = places.season;
  let [squares, logMeans, observations] = [0, 0, 0];
  for (let step = 0; step < values.length; step++) {
    const base = level + phi * trend;
    const season = seasonality > 0 ? state[place]! : multiplied ? 1 : 0;
    const mean = multiplied ? base * season : base + season;
    if ((relative && !(mean > 0)) || (multiplied && !(base > 0 && season > 0))) return undefined;
    const missing = Number.isNaN(values[step]!);
    const error = missing ? 0 : values[step]! - mean;
    trace.base[step] = base;
    trace.trend[step] = trend;
    trace.season[step] = season;
    trace.error[step] = error;
    if (!missing) {
      observations++;
      squares += relative ? (error / mean) ** 2 : error * error;
      if (relative) logMeans += Math.log(mean);
    }
    const correction = multiplied ? error / season : error;
    level = base + alpha * correction;
    trend = phi * trend + beta * correction;
    if (seasonality > 0) {
      state[place] = season + gamma * (multiplied ? error / base : error);
      place = place + 1 < state.length ? place + 1 : places.season;
    }
  }
  state[places.level] = level;
  state[places.trend] = trend;
  return { squares, logMeans, observations };
}

/**
 * The way back: derivatives of `n·ln(squares + floor) + 2·logMeans` by the coefficients and the initial state, added to
 * `gradient` (see `places`), by reverse differentiation of `smoothingPass`.
 *
 * @param result - of the pass that left `trace`, with the `floor` added to its squares
 */
export function smoothingGradient(
  form: EtsForm,
  {
    values,
    state,
    trace,
    ...rest
  }: {
    values: Float64Array;
    /** its coefficients are read */
    state: Float64Array;
    trace: Trace;
    result: PassResult;
    gradient: Float64Array;
  },
): void {
  const { result, gradient } = rest;
  const [alpha, beta, gamma, phi] = [state[0]!, state[1]!, state[2]!, state[3]!];
  const relative = form.error === 'multiplicative';
  const multiplied = form.season === 'multiplicative';
  const seasonality = form.season === 'none' ? 0 : state.length - places.season;
  const weight = (2 * result.observations) / result.squares;
  let [ofAlpha, ofBeta, ofGamma, ofPhi, ofLevel, ofTrend] = [0, 0, 0, 0, 0, 0];
  // gradient's places of the season hold the derivatives by the newest index of each phase while time is walked back.
  for (let step = values.length - 1; step >= 0; step--) {
    const [base, season, error] = [trace.base[step]!, trace.season[step]!, trace.error[step]!];
    const place = places.season + (seasonality > 0 ? step % seasonality : 0);
    const ofNewSeason = seasonality > 0 ? gradient[place]! : 0;
    let ofBase = ofLevel;
    let ofSeason = ofNewSeason;
    ofPhi += trace.trend[step]! * ofTrend;
    let ofOldTrend = phi * ofTrend;
    if (!Number.isNaN(values[step]!)) {
      const mean = multiplied ? base * season : base + season;
      const correction = multiplied ? error / season : error;
      const seasonCorrection = multiplied ? error / base : error;
      const ofCorrection = alpha * ofLevel + beta * ofTrend;
      const ofSeasonCorrection = gamma * ofNewSeason;
      ofAlpha += correction * ofLevel;
      ofBeta += correction * ofTrend;
      ofGamma += seasonCorrection * ofNewSeason;
      let ofError = multiplied ? ofCorrection / season + ofSeasonCorrection / base : ofCorrection + ofSeasonCorrection;
      if (multiplied) {
        ofSeason -= (ofCorrection * correction) / season;
        ofBase -= (ofSeasonCorrection * seasonCorrection) / base;
      }
      const residual = relative ? error / mean : error;
      ofError += relative ? (weight * residual) / mean : weight * residual;
      const ofMean = (relative ? (2 - weight * residual * residual) / mean : 0) - ofError;
      ofBase += multiplied ? ofMean * season : ofMean;
      ofSeason += multiplied ? ofMean * base : ofMean;
    }
    if (seasonality > 0) gradient[place] = ofSeason;
    ofLevel = ofBase;
    ofTrend = ofOldTrend + phi * ofBase;
    ofPhi += trace.trend[step]! * ofBase;
  }
  [ofAlpha, ofBeta, ofGamma, ofPhi, ofLevel, ofTrend].forEach((value, place) => (gradient[place] = value));
}
