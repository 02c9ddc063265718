import { CheckpointError } from '@unroll/core';
import { z } from 'zod';
import { frequencyUnits } from './calendar/frequency.js';
import type { PanelFacts } from './types.js';

const name = z.string().max(10_000);
const names = z.array(name).max(10_000_000);
const step = z.int().min(1).max(1e9);

export const frequencySchema = z.strictObject({ unit: z.enum(frequencyUnits), count: step, timeZone: name });

const columnSchema = z.strictObject({ name, categories: names.exactOptional() });
const columns = z.array(columnSchema).max(100_000);

const scalingSchema = z.strictObject({
  transform: z.enum(['identity', 'log']),
  offset: z.number(),
  location: z.number(),
  scale: z.number().positive(),
});
const scalings = z.array(scalingSchema).max(10_000_000);

const factsSchema: z.ZodType<PanelFacts> = z.strictObject({
  frequency: frequencySchema,
  seasonality: step,
  targetNames: names.min(1),
  past: columns,
  known: columns,
  static: columns,
  calendar: names,
  lags: z.array(step).max(100_000),
  seriesIds: names,
  scalings: z.array(scalings).max(10_000_000),
  covariateScalings: z.strictObject({ past: scalings, known: scalings, static: scalings }),
});

export function serializePanelFacts(facts: PanelFacts): string {
  return `${JSON.stringify(facts)}\n`;
}

/**
 * @param path - of the file that the text is from, for messages
 * @throws {CheckpointError} `checkpoint/series` for a text that is not what `serializePanelFacts` writes
 */
export function parsePanelFacts(text: string, path: string): PanelFacts {
  const facts = factsSchema.safeParse(parseJson(text));
  const problem = facts.success ? inconsistency(facts.data) : describe(facts.error);
  if (facts.success && problem === undefined) return facts.data;
  const message = `${path} does not say what the series of a model were: ${problem}; use the file that the run wrote`;
  throw new CheckpointError('checkpoint/series', message);
}

function inconsistency(facts: PanelFacts): string | undefined {
  const { seriesIds, scalings, targetNames, covariateScalings } = facts;
  if (scalings.length !== seriesIds.length) return `it has ${seriesIds.length} series and ${scalings.length} scalings`;
  if (scalings.some(({ length }) => length > 0 && length !== targetNames.length))
    return `a series needs a scaling for each target`;
  const kind = (['past', 'known', 'static'] as const).find(
    (key) => covariateScalings[key].length !== facts[key].length,
  );
  return kind === undefined ? undefined : `each ${kind} covariate needs a scaling`;
}

export function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue!.path.join('.') || 'the whole'}: ${issue!.message}`;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
