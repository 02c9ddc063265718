import { deriveKey } from '@unroll/core';
import type { Forecast, Forecaster, ForecastOptions, ForecastRequest } from './types.js';

/** Requests that every member answers before the next are taken, so that nothing else has to be kept. */
const groupSize = 256;

/**
 * Several forecasters as one. The mean is the mean of the means; quantiles are averaged level by level, which keeps the
 * members' shape and spread where pooling would widen it (Lichtendahl, Grushka-Cockayne & Winkler 2013); sample paths are
 * pooled. What not every member gives is left out; a step of which a member says nothing (NaN) is averaged over the others.
 *
 * @param members - at least one; freed with the ensemble
 */
export function createEnsemble(members: readonly Forecaster[], name = 'ensemble'): Forecaster {
  return {
    name,
    longestHorizon: Math.min(...members.map(({ longestHorizon }) => longestHorizon)),
    async *forecast(requests, options) {
      for (const group of groups(requests)) {
        const answers = await Promise.all(
          members.map((member, i) => answersOf(member, group, memberOptions(options, i))),
        );
        for (const i of group.keys()) yield combine(answers.map((forecasts) => forecasts[i]!));
      }
    },
    dispose() {
      for (const member of members) member.dispose?.();
    },
  };

  function memberOptions(options: ForecastOptions, member: number): ForecastOptions {
    const samples = Math.ceil((options.samples ?? 0) / members.length);
    return { ...options, samples, key: deriveKey(options.key, 'member', member) };
  }
}

function* groups(requests: Iterable<ForecastRequest>): Iterable<readonly ForecastRequest[]> {
  let group: ForecastRequest[] = [];
  for (const request of requests) {
    group.push(request);
    if (group.length < groupSize) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

async function answersOf(member: Forecaster, requests: readonly ForecastRequest[], options: ForecastOptions) {
  const answers: Forecast[] = [];
  for await (const forecast of member.forecast(requests, options)) answers.push(forecast);
  return answers;
}

function combine(forecasts: readonly Forecast[]): Forecast {
  const means = forecasts.map(({ mean }) => mean);
  const quantiles = ofAll(forecasts.map((forecast) => forecast.quantiles));
  const samples = ofAll(forecasts.map((forecast) => forecast.samples));
  return {
    mean: means[0]!.map((_, channel) => average(means.map((mean) => mean[channel]!))),
    ...(quantiles && {
      quantiles: quantiles[0]!.map((levels, channel) =>
        levels.map((_, level) => average(quantiles.map((member) => member[channel]![level]!))),
      ),
    }),
    ...(samples && { samples: samples[0]!.map((_, channel) => samples.flatMap((member) => member[channel]!)) }),
  };
}

/** The values, if all are there. */
function ofAll<Value>(values: readonly (Value | undefined)[]): readonly Value[] | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}

/** The mean of known values at each step. */
function average(curves: readonly Float64Array[]): Float64Array {
  return curves[0]!.map((_, step) => {
    let sum = 0;
    let count = 0;
    for (const curve of curves) {
      if (Number.isNaN(curve[step]!)) continue;
      sum += curve[step]!;
      count++;
    }
    return sum / count;
  });
}
