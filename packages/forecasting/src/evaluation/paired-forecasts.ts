import type { Forecast, Forecaster, ForecastOptions, ForecastRequest } from '../types.js';

/** A forecast with the request that it answers. */
export interface Answer<Request extends ForecastRequest = ForecastRequest> {
  readonly request: Request;
  readonly forecast: Forecast;
}

/**
 * Each forecast with its request; requests may hold more than a forecaster reads.
 *
 * @throws {Error} if the forecaster breaks its contract: that is a bug of ours and must not pass for a bad score
 */
export async function* pairedForecasts<Request extends ForecastRequest>(
  forecaster: Forecaster,
  requests: Iterable<Request>,
  options: ForecastOptions,
): AsyncIterable<Answer<Request>> {
  const waiting = new Map<number, Request>();
  let asked = 0;
  let answered = 0;
  function* remembered(): Iterable<Request> {
    for (const request of requests) {
      waiting.set(asked++, request);
      yield request;
    }
  }
  for await (const forecast of forecaster.forecast(remembered(), options)) {
    options.signal?.throwIfAborted();
    const request = waiting.get(answered);
    if (!request) throw new Error(`${forecaster.name} gave a forecast that nobody asked for`);
    waiting.delete(answered++);
    checkForecast(forecaster.name, forecast, { request, options });
    yield { request, forecast };
  }
  if (waiting.size > 0) throw new Error(`${forecaster.name} left ${waiting.size} requests unanswered`);
}

function checkForecast(
  name: string,
  { mean, quantiles }: Forecast,
  { request, options }: { readonly request: ForecastRequest; readonly options: ForecastOptions },
): void {
  const channels = request.series.targets.length;
  const levels = options.quantiles.length;
  const isWhole = mean.length === channels && mean.every(({ length }) => length === options.horizon);
  if (isWhole && (quantiles ?? []).every((channel) => channel.length === levels)) return;
  const came = `means of ${mean.map(({ length }) => length).join(', ')} steps, ${quantiles?.[0]?.length ?? 0} quantiles`;
  throw new Error(
    `${name} gave ${came}; asked were ${channels} channels of ${options.horizon} steps, ${levels} quantiles`,
  );
}
