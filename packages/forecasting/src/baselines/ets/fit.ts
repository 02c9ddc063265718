import { countParameters, type EtsForm } from './form.js';
import { initialStates } from './initial-states.js';
import { minimize } from './minimize.js';
import {
  createTrace,
  places,
  smoothingGradient,
  smoothingPass,
  type PassResult,
  type Trace,
} from './smoothing-pass.js';

/** An exponential smoothing model with the parameters of the greatest likelihood. */
export interface EtsFit {
  readonly form: EtsForm;
  /** coefficients and the state before step 0, in the units of the values; see `places` */
  readonly state: Float64Array;
  /** of the one-step errors, relative ones where they multiply; the sum of squares over the degrees of freedom */
  readonly variance: number;
  readonly logLikelihood: number;
  /** Akaike's criterion corrected for few observations: −2·ln L + 2k + 2k(k + 1)/(n − k − 1), k with the variance */
  readonly aicc: number;
}

export interface FitOptions {
  readonly seasonality: number;
  /** of the search for the greatest likelihood */
  readonly iterations: number;
  /** a fit to start from, if that is better than the usual points: of the same form, or with its trend damped */
  readonly near?: EtsFit | undefined;
}

/** Bounds of the coefficients: 0 < β < α < 1, 0 < γ < 1 − α, 0.8 < φ < 0.98. */
const margin = 1e-4;
const [lowestPhi, highestPhi] = [0.8, 0.98];
/** From each group of starting points. */
const probeIterations = 12;
/** Errors below this share of the values count as none, so that a line does not have an infinite likelihood. */
const precision = 1e-10;

interface Problem {
  readonly form: EtsForm;
  /** mean absolute value 1 */
  readonly values: Float64Array;
  readonly trace: Trace;
  /** squares added for the sake of `precision` */
  readonly floor: number;
}

interface Search extends Problem {
  /** coefficients and initial state where the search begins */
  readonly start: Float64Array;
  /** of the variables that stand for the initial state: the size of an error at the start */
  readonly unit: number;
}

/**
 * Maximum likelihood of one form: coefficients, level, trend and seasonal pattern together, by derivatives.
 *
 * @param values - NaN = missing; not all zero
 * @returns undefined where no starting point gives positive means to a form that multiplies
 *
 * @see Hyndman, Koehler, Ord & Snyder 2008, chapter 5
 */
export function fitEts(form: EtsForm, values: Float64Array, options: FitOptions): EtsFit | undefined {
  const { seasonality, near, iterations } = options;
  const observed = values.filter((value) => !Number.isNaN(value));
  const scale = observed.reduce((sum, value) => sum + Math.abs(value), 0) / observed.length;
  const scaled = values.map((value) => value / scale);
  const floor = observed.length * precision * precision;
  const problem: Problem = { form, values: scaled, trace: createTrace(values.length), floor };
  const searches = startingGroups(form, { initial: initialStates(form, scaled, seasonality), near, scale })
    .map((starts) => startSearch(problem, starts))
    .filter((search) => search !== undefined)
    .map((search) => ({ search, ...climb(search, startOf(search), probeIterations) }))
    .sort((a, b) => a.value - b.value);
  if (searches.length === 0) return undefined;
  const { search, x: probed } = searches[0]!;
  const { x, value } = climb(search, probed, iterations);
  const state = toState(search, x);
  const parameters = countParameters(form, seasonality);
  const n = observed.length;
  const pass = smoothingPass(form, { values: scaled, state: state.slice(), trace: problem.trace })!;
  const k = parameters + 1;
  const deviance = value + n * (Math.log((2 * Math.PI) / n) + 1 + 2 * Math.log(scale));
  const unit = form.error === 'multiplicative' ? 1 : scale;
  return {
    form,
    state: rescale(form, state, scale),
    variance: (pass.squares / Math.max(1, n - parameters)) * unit * unit,
    logLikelihood: -0.5 * deviance,
    aicc: deviance + 2 * k + (2 * k * (k + 1)) / Math.max(1e-9, n - k - 1),
  };
}

/** n·ln Σ e² (+ 2 Σ ln μ), minus twice the log-likelihood but for a constant, and its derivatives by the search's variables. */
function evaluate(search: Search, x: Float64Array, gradient: Float64Array): number {
  const { form, values, trace, floor, unit } = search;
  const state = toState(search, x);
  const pass = smoothingPass(form, { values, state: state.slice(), trace });
  if (pass === undefined) return Number.POSITIVE_INFINITY;
  const result = { ...pass, squares: pass.squares + floor };
  gradient.fill(0);
  smoothingGradient(form, { values, state, trace, result, gradient });
  const slope = (place: number) => 0.5 * Math.cos(x[place]!);
  const { alpha, beta, gamma, phi, level, trend } = places;
  const [hasTrend, hasSeason] = [form.trend !== 'none', form.season !== 'none'];
  // β and γ lie in ranges that α bounds, so that α moves them.
  const ofAlpha =
    gradient[alpha]! +
    (hasTrend ? gradient[beta]! * share(x[beta]!) : 0) -
    (hasSeason ? gradient[gamma]! * share(x[gamma]!) : 0);
  gradient[beta] = hasTrend ? gradient[beta]! * (state[alpha]! - margin) * slope(beta) : 0;
  gradient[gamma] = hasSeason ? gradient[gamma]! * (1 - state[alpha]! - margin) * slope(gamma) : 0;
  gradient[alpha] = ofAlpha * (1 - 2 * margin) * slope(alpha);
  gradient[phi] = form.trend === 'damped' ? gradient[phi]! * (highestPhi - lowestPhi) * slope(phi) : 0;
  if (!hasTrend) gradient[trend] = 0;
  for (let place: number = level; place < gradient.length; place++) gradient[place] = gradient[place]! * unit;
  gradient[trend] = gradient[trend]! * trendShare(search);
  return criterion(search, pass);
}

function criterion({ floor }: Problem, { observations, squares, logMeans }: PassResult): number {
  return observations * Math.log(squares + floor) + 2 * logMeans;
}

/** Coefficients and initial state from the search's variables: angles, and distances from the start in units of an error. */
function toState(search: Search, x: Float64Array): Float64Array {
  const { form, start, unit } = search;
  const state = start.slice();
  for (let place: number = places.level; place < state.length; place++) state[place] = start[place]! + unit * x[place]!;
  state[places.trend] = start[places.trend]! + unit * trendShare(search) * x[places.trend]!;
  const alpha = margin + (1 - 2 * margin) * share(x[places.alpha]!);
  state[places.alpha] = alpha;
  if (form.trend !== 'none') state[places.beta] = margin + (alpha - margin) * share(x[places.beta]!);
  if (form.season !== 'none') state[places.gamma] = margin + (1 - alpha - margin) * share(x[places.gamma]!);
  if (form.trend === 'damped') state[places.phi] = lowestPhi + (highestPhi - lowestPhi) * share(x[places.phi]!);
  return state;
}

/** A slope adds up over time, so that its unit is a smaller one; without it the search would go in zigzags. */
function trendShare({ values }: Problem): number {
  return 1 / Math.sqrt(values.length);
}

/** The variables of the start. */
function startOf({ start }: Search): Float64Array {
  const x = new Float64Array(start.length);
  const [alpha, beta, gamma, phi] = [start[0]!, start[1]!, start[2]!, start[3]!];
  x[places.alpha] = angle((alpha - margin) / (1 - 2 * margin));
  x[places.beta] = angle((beta - margin) / (alpha - margin));
  x[places.gamma] = angle((gamma - margin) / (1 - alpha - margin));
  x[places.phi] = angle((phi - lowestPhi) / (highestPhi - lowestPhi));
  return x;
}

/** The best of several coefficients and initial states. */
function startSearch(problem: Problem, starts: readonly Float64Array[]): Search | undefined {
  const { form, values, trace } = problem;
  let best: Search | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const start of starts) {
    const pass = smoothingPass(form, { values, state: start.slice(), trace });
    if (pass === undefined || criterion(problem, pass) >= least) continue;
    least = criterion(problem, pass);
    best = { ...problem, start, unit: Math.sqrt((pass.squares + problem.floor) / pass.observations) };
  }
  return best;
}

/**
 * Likelihoods have several maxima, at a low and a high β above all, or α where there is no trend. So of each group of points
 * one is searched from, until it shows which leads highest.
 */
function startingGroups(
  form: EtsForm,
  { initial, near, scale }: { initial: Float64Array; near: EtsFit | undefined; scale: number },
): readonly (readonly Float64Array[])[] {
  const group = (alphas: readonly number[], betas: readonly number[]) =>
    alphas.flatMap((alpha) =>
      betas.flatMap((beta) =>
        (form.season === 'none' ? [0] : [0.05, 0.4]).map((gamma) => {
          const start = initial.slice();
          start.set([alpha, beta * alpha, gamma * (1 - alpha), form.trend === 'damped' ? 0.95 : 1]);
          return start;
        }),
      ),
    );
  if (near && near.form === form) return [[startNear(form, near, scale)]];
  const groups =
    form.trend === 'none'
      ? [group([0.05, 0.3], [0]), group([0.7, 0.95], [0])]
      : [group([0.05, 0.3, 0.7, 0.95], [0.05]), group([0.3, 0.7, 0.95], [0.4, 0.9])];
  return near ? [...groups, [startNear(form, near, scale)]] : groups;
}

/** Where another fit ended: of the same form, or of one that differs by the damping alone. */
function startNear(form: EtsForm, near: EtsFit, scale: number): Float64Array {
  const start = rescale(near.form, near.state, 1 / scale);
  if (form.trend === 'additive') start[places.phi] = 1;
  return start;
}

function climb(search: Search, x: Float64Array, iterations: number) {
  return minimize((x, gradient) => evaluate(search, x, gradient), x, { iterations, tolerance: 1e-5 });
}

function rescale(form: EtsForm, state: Float64Array, scale: number): Float64Array {
  const scaled = state.slice();
  const end = form.season === 'additive' ? state.length : places.season;
  for (let place: number = places.level; place < end; place++) scaled[place] = scaled[place]! * scale;
  return scaled;
}

/**
 * A place in [0, 1] for any number. A sine reaches its ends, where the best coefficients often lie, and is a parabola
 * there; a logistic function would send the search to infinity.
 */
function share(x: number): number {
  return 0.5 + 0.5 * Math.sin(x);
}

function angle(share: number): number {
  return Math.asin(2 * share - 1);
}
