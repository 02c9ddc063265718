import { fillGaps } from './fill-gaps.js';
import type { ChannelHistory, LocalForecast } from './local-forecaster.js';
import { naive } from './naive.js';
import { adjustSeason } from './seasonal-adjustment.js';

/**
 * The naive forecast of the seasonally adjusted history, with the season put back: the M4 competition's Naive2, by which
 * its overall weighted average is scaled.
 *
 * @see Makridakis, Spiliotis & Assimakopoulos 2020, "The M4 competition", appendix A
 */
export function naive2(history: ChannelHistory, seasonality: number): LocalForecast {
  const { adjusted, restore } = adjustSeason(fillGaps(history.values, seasonality), seasonality);
  return restore(naive({ ...history, values: adjusted }));
}
