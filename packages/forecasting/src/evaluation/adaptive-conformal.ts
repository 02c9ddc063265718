import type { ConformityScores } from '../conformal.js';
import type { Forecast, Forecaster, ForecastRequest } from '../types.js';
import { boundsAt, conformalQuantile, conformityScore, scoreUnit } from './conformity.js';
import { pairedForecasts } from './paired-forecasts.js';
import { ScoreWindow } from './score-window.js';
import { calibratedLevels, widenForecast, type CalibratedLevels } from './widening.js';

/** What was forecast of one series and has not come yet. */
interface Pending {
  readonly origin: number;
  readonly forecast: Forecast;
  /** as it was given, at every level */
  readonly given: Forecast;
  /** first step ahead that has not been looked at */
  ahead: number;
}

/** One line of forecasts: a series, a band, a channel, a step ahead. */
interface Tracker {
  /** of this line; the paper's αₜ */
  miss: number;
  readonly scores: ScoreWindow;
}

/**
 * A conformal forecaster that goes on learning while it is used on origins in the order of time, so that its intervals
 * hold on average though the data change: at each origin what came since is compared with what was forecast,
 *
 *   αₜ₊₁ = αₜ + γ·(α − [y outside]),
 *
 * for every series, channel, step ahead and interval, and the scores of what came take the place of the oldest. The next
 * interval is widened by the (1 − αₜ₊₁)-quantile of the scores; where αₜ₊₁ ≤ 0, by the largest. Only values before a
 * request's origin are read. State lasts as long as the iteration of one `forecast` call.
 *
 * @param rate - γ; 0.02 unless set
 * @see Gibbs & Candès 2021, "Adaptive conformal inference under distribution shift"
 */
export function adaptiveForecaster(
  forecaster: Forecaster,
  scores: ConformityScores,
  { rate = 0.02 }: { readonly rate?: number } = {},
): Forecaster {
  return {
    name: forecaster.name,
    longestHorizon: Math.min(forecaster.longestHorizon, scores.horizon),
    async *forecast(requests, options) {
      const wanted = calibratedLevels(scores.levels, options.quantiles);
      const every = { ...wanted, places: [...wanted.levels.keys()] };
      const followed = new Map<string, Follower>();
      const inner = { ...options, quantiles: wanted.levels, samples: 0 };
      for await (const { request, forecast } of pairedForecasts(forecaster, requests, inner)) {
        const { id } = request.series;
        const follower = followed.get(id) ?? new Follower(scores, wanted, rate);
        followed.set(id, follower);
        follower.learn(request);
        const given = widenForecast(forecast, every, ({ band, channel, step }) => {
          const unit = scoreUnit(request.series, channel, request.origin);
          return unit * follower.widening(band, channel, step);
        });
        follower.wait({ origin: request.origin, forecast, given, ahead: 0 });
        const quantiles = given.quantiles!.map((levels) => wanted.places.map((place) => levels[place]!));
        yield { mean: forecast.mean, quantiles };
      }
    },
    dispose: () => forecaster.dispose?.(),
  };
}

/** scores that a quantile is taken of, at most */
const windowLength = 500;

/** Learns from the forecasts of one series. */
class Follower {
  /** `[band][channel][step]` */
  private readonly trackers: readonly (readonly (readonly Tracker[])[])[];
  private readonly levels: CalibratedLevels;
  private readonly rate: number;
  private pending: Pending[] = [];

  constructor({ scores }: ConformityScores, levels: CalibratedLevels, rate: number) {
    this.levels = levels;
    this.rate = rate;
    this.trackers = scores.map((channels, band) =>
      channels.map((steps) =>
        steps.map((own) => {
          const known = own.length > 0 ? own : steps.flat();
          const start = known.length > 0 ? known.slice(-windowLength) : [0];
          return { miss: 1 - levels.bands[band]!.probability, scores: new ScoreWindow(start) };
        }),
      ),
    );
  }

  widening(band: number, channel: number, step: number): number {
    const { miss, scores } = this.trackers[band]![channel]![step]!;
    return conformalQuantile(scores.sorted, 1 - miss);
  }

  wait(pending: Pending): void {
    this.pending.push(pending);
  }

  /** Looks at all that came before the origin of a request. */
  learn({ series, origin }: ForecastRequest): void {
    for (const pending of this.pending) {
      const horizon = pending.forecast.mean[0]!.length;
      while (pending.ahead < horizon && pending.origin + pending.ahead < origin) {
        this.compare(pending, series);
        pending.ahead++;
      }
    }
    this.pending = this.pending.filter(({ ahead, forecast }) => ahead < forecast.mean[0]!.length);
  }

  private compare({ origin, forecast, given, ahead }: Pending, series: ForecastRequest['series']): void {
    for (const [channel, values] of series.targets.entries()) {
      const actual = values[origin + ahead]!;
      const own = boundsAt(forecast, channel, ahead);
      const last = boundsAt(given, channel, ahead);
      const unit = scoreUnit(series, channel, origin);
      for (const [place, band] of this.levels.bands.entries()) {
        const score = conformityScore(band, own, actual) / unit;
        if (Number.isNaN(score)) continue;
        const tracker = this.trackers[place]![channel]![ahead]!;
        const isOutside = conformityScore(band, last, actual) > 0;
        tracker.miss += this.rate * (1 - band.probability - (isOutside ? 1 : 0));
        tracker.scores.push(score);
      }
    }
  }
}
