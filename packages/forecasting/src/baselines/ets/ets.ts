import type { ModelConfigOf } from '../../config.js';
import type { ChannelHistory, LocalForecast, LocalMethod } from '../local-forecaster.js';
import { naive } from '../naive.js';
import { fitEts, type EtsFit } from './fit.js';
import { candidateForms, checkForm, type EtsForm } from './form.js';
import { etsMoments } from './moments.js';
import { createTrace, smoothingPass } from './smoothing-pass.js';

export interface EtsOptions {
  readonly form: Pick<ModelConfigOf<'ets'>, 'error' | 'trend' | 'season'>;
  readonly seasonality: number;
  /**
   * Steps of a channel that form and coefficients are fitted to; the state is carried on from there to the origin, so that
   * the origins of a backtest share a fit. At most the origin.
   */
  readonly fitUntil: (history: ChannelHistory) => number;
}

/** Of the first look at every form, and how far its AICc may be from the truth. */
const roughIterations = 30;
const roughPrecision = 4;
const fineIterations = 200;

/**
 * Exponential smoothing, error, trend and season being chosen by AICc among the forms that `candidateForms` names.
 * Constant histories go on as they are; fewer than five observations get the naive forecast.
 *
 * @throws {ConfigError} `config/model` for additive errors with a multiplicative season
 *
 * @see Hyndman, Koehler, Ord & Snyder 2008, Forecasting with exponential smoothing
 */
export function ets({ form, seasonality, fitUntil }: EtsOptions): LocalMethod {
  checkForm(form);
  const fits = new WeakMap<Float64Array, Map<number, EtsFit | undefined>>();
  const fitOf = (history: ChannelHistory, until: number): EtsFit | undefined => {
    let ofChannel = fits.get(history.channel);
    if (!ofChannel) fits.set(history.channel, (ofChannel = new Map()));
    if (!ofChannel.has(until)) {
      ofChannel.set(until, bestFit(form, history.values.subarray(0, Math.max(0, until - history.offset)), seasonality));
    }
    return ofChannel.get(until);
  };
  return (history) => {
    const until = fitUntil(history);
    const early = fitOf(history, until);
    const forecast = early && goOn(early, history);
    if (forecast || until === history.origin) return forecast ?? naive(history);
    // What came later does not suit the form, such as zeros where errors multiply, or there was too little before.
    const late = fitOf(history, history.origin);
    return (late && goOn(late, history)) ?? naive(history);
  };
}

/**
 * The form of the least AICc; undefined for constant histories and those of fewer than five observations. Every form is
 * fitted roughly; those that come near the best one are then fitted to the end.
 */
export function bestFit(wanted: EtsOptions['form'], values: Float64Array, seasonality: number): EtsFit | undefined {
  const observed = values.filter((value) => !Number.isNaN(value));
  if (observed.every((value) => value === observed[0])) return undefined;
  const facts = { observations: observed.length, positive: observed.every((value) => value > 0), seasonality };
  const rough: EtsFit[] = [];
  for (const form of candidateForms(wanted, facts)) {
    // A damped trend is fitted before the same form without damping, which starts from it.
    const damped = rough.find(({ form: other }) => other.trend === 'damped' && differInTrendOnly(form, other));
    const near = form.trend === 'additive' ? damped : undefined;
    const fit = fitEts(form, values, { seasonality, iterations: roughIterations, near });
    if (fit) rough.push(fit);
  }
  const least = Math.min(...rough.map(({ aicc }) => aicc));
  const fine = rough
    .filter(({ aicc }) => aicc <= least + roughPrecision)
    .map((near) => fitEts(near.form, values, { seasonality, iterations: fineIterations, near })!);
  return fine.sort((a, b) => a.aicc - b.aicc)[0];
}

function differInTrendOnly(a: EtsForm, b: EtsForm): boolean {
  return a.error === b.error && a.season === b.season;
}

/** Carries the state through the whole history; undefined where it breaks the form. */
function goOn({ form, state, variance }: EtsFit, { values, horizon }: ChannelHistory): LocalForecast | undefined {
  const last = state.slice();
  if (!suits(form, values)) return undefined;
  const pass = smoothingPass(form, { values, state: last, trace: createTrace(values.length) });
  if (pass === undefined) return undefined;
  const forecast = etsMoments(form, { state: last, variance, length: values.length, horizon });
  return forecast.mean.every(Number.isFinite) ? forecast : undefined;
}

function suits({ error, season }: EtsForm, values: Float64Array): boolean {
  return (error === 'additive' && season !== 'multiplicative') || !values.some((value) => value <= 0);
}
