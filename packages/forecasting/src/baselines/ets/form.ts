import { ConfigError } from '@unroll/core';
import type { ModelConfigOf } from '../../config.js';

/** Which of its parts an exponential smoothing model has, and whether they are added or multiplied. */
export interface EtsForm {
  readonly error: 'additive' | 'multiplicative';
  readonly trend: 'none' | 'additive' | 'damped';
  readonly season: 'none' | 'additive' | 'multiplicative';
}

/** What of a history decides which forms can be fitted. */
export interface HistoryFacts {
  readonly observations: number;
  /** all values are above zero */
  readonly positive: boolean;
  readonly seasonality: number;
}

const errors = ['additive', 'multiplicative'] as const;
/** damped before additive: the order in which they are fitted */
const trends = ['none', 'damped', 'additive'] as const;
const seasons = ['none', 'additive', 'multiplicative'] as const;

/** Smoothing coefficients and initial states: one of a seasonal pattern follows from the others. The variance is none. */
export function countParameters({ trend, season }: EtsForm, seasonality: number): number {
  const ofTrend = { none: 0, additive: 2, damped: 3 }[trend];
  return 2 + ofTrend + (season === 'none' ? 0 : seasonality);
}

/**
 * The forms to choose from: those that the configuration leaves open and the history can bear. Parts that are multiplied
 * need positive values, a season two seasons, and every form more observations than `countParameters` + 2. Where nothing
 * is left of what was asked for, it is what the history can bear at all; nothing for fewer than five observations.
 */
export function candidateForms(
  wanted: Pick<ModelConfigOf<'ets'>, 'error' | 'trend' | 'season'>,
  facts: HistoryFacts,
): readonly EtsForm[] {
  const all = errors.flatMap((error) =>
    trends.flatMap((trend) => seasons.map((season): EtsForm => ({ error, trend, season }))),
  );
  const possible = all.filter((form) => canBear(form, facts));
  const asked = possible.filter(
    ({ error, trend, season }) =>
      [wanted.error, 'auto'].includes(wanted.error === 'auto' ? 'auto' : error) &&
      [wanted.trend, 'auto'].includes(wanted.trend === 'auto' ? 'auto' : trend) &&
      [wanted.season, 'auto'].includes(wanted.season === 'auto' ? 'auto' : season),
  );
  return asked.length > 0 ? asked : possible;
}

/**
 * @throws {ConfigError} `config/model` for additive errors with a multiplicative season: its equations divide by seasonal
 *   indices and levels that nothing keeps away from zero
 */
export function checkForm({ error, season }: Pick<ModelConfigOf<'ets'>, 'error' | 'season'>): void {
  if (error !== 'additive' || season !== 'multiplicative') return;
  throw new ConfigError(
    'config/model',
    'ets: additive errors with a multiplicative season divide by numbers that may be zero; ' +
      'set model.error to multiplicative or auto',
  );
}

function canBear(form: EtsForm, { observations, positive, seasonality }: HistoryFacts): boolean {
  const { error, season } = form;
  if (season === 'multiplicative' && error === 'additive') return false;
  if (!positive && (error === 'multiplicative' || season === 'multiplicative')) return false;
  if (season !== 'none' && (seasonality <= 1 || observations < 2 * seasonality)) return false;
  return observations > countParameters(form, seasonality) + 2;
}
