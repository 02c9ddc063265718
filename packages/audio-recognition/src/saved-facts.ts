import { CheckpointError, isUnrollError, Vocabulary } from '@unroll/core';
import { z } from 'zod';
import { taskNames } from './config.js';
import type { RecognitionFacts } from './types.js';

const vocabularySchema = z.record(z.string(), z.unknown());
const finite = z.array(z.number());

const factsSchema = z.strictObject({
  format: z.literal('unroll-recognition-1'),
  task: z.enum(taskNames),
  sampleRate: z.int().min(1),
  featureSize: z.int().min(1),
  classes: vocabularySchema.exactOptional(),
  symbols: vocabularySchema.exactOptional(),
  mean: finite.exactOptional(),
  deviation: finite.exactOptional(),
});

/** JSON text for `parseRecognitionFacts`. */
export function serializeRecognitionFacts(facts: RecognitionFacts): string {
  const { task, sampleRate, featureSize, classes, symbols, mean, deviation } = facts;
  const file = {
    format: 'unroll-recognition-1',
    task,
    sampleRate,
    featureSize,
    ...(classes.size > 0 && { classes: plain(classes) }),
    ...(symbols.size > 0 && { symbols: plain(symbols) }),
    ...(mean && { mean: Array.from(mean) }),
    ...(deviation && { deviation: Array.from(deviation) }),
  };
  return `${JSON.stringify(file)}\n`;
}

function plain(vocabulary: Vocabulary): unknown {
  return JSON.parse(vocabulary.serialize());
}

/**
 * @param path - of the file that the text is from, for messages
 * @throws {CheckpointError} `checkpoint/facts` for a text that is not what `serializeRecognitionFacts` writes
 */
export function parseRecognitionFacts(text: string, path: string): RecognitionFacts {
  const parsed = factsSchema.safeParse(parseJson(text));
  if (!parsed.success) throw damaged(path, describe(parsed.error));
  const { task, sampleRate, featureSize, classes, symbols, mean, deviation } = parsed.data;
  const read = (value: unknown): Vocabulary => {
    if (value === undefined) return new Vocabulary([]);
    try {
      return Vocabulary.parse(JSON.stringify(value), path);
    } catch (error) {
      throw isUnrollError(error) ? damaged(path, 'one of its vocabularies cannot be read') : error;
    }
  };
  const facts = {
    task,
    sampleRate,
    featureSize,
    classes: read(classes),
    symbols: read(symbols),
    ...(mean && { mean: Float32Array.from(mean) }),
    ...(deviation && { deviation: Float32Array.from(deviation) }),
  };
  const needed = task === 'transcribe' ? facts.symbols : facts.classes;
  if (needed.size === 0) throw damaged(path, `the task "${task}" lacks its vocabulary`);
  const sizes = [facts.mean, facts.deviation].flatMap((values) => (values ? [values.length] : []));
  if (sizes.some((size) => size !== featureSize)) throw damaged(path, 'means of features are not one of each');
  return facts;
}

function damaged(path: string, problem: string): CheckpointError {
  const message = `${path} does not say what sounds a model knows: ${problem}; use the file that the run wrote`;
  return new CheckpointError('checkpoint/facts', message);
}

function describe({ issues: [issue] }: z.ZodError): string {
  return `${issue!.path.join('.') || 'the whole'}: ${issue!.message}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
