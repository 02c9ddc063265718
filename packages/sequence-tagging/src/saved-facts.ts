import { CheckpointError, isUnrollError, Vocabulary } from '@unroll/core';
import { z } from 'zod';
import { schemeNames } from './schemes/scheme-names.js';
import type { TaggingFacts } from './types.js';

const vocabularySchema = z.record(z.string(), z.unknown());
const counts = z.array(z.int().min(0));

const factsSchema = z.strictObject({
  format: z.literal('unroll-tagging-1'),
  words: vocabularySchema,
  wordCounts: counts,
  characters: vocabularySchema,
  suffixes: z.array(vocabularySchema),
  features: z.array(vocabularySchema),
  columns: z
    .array(
      z.strictObject({
        name: z.string(),
        scheme: z.enum(schemeNames),
        trainedScheme: z.enum(schemeNames),
        multiLabel: z.boolean(),
        labelSeparator: z.string().exactOptional(),
        tags: vocabularySchema,
        counts,
      }),
    )
    .min(1),
  mixedSpellings: z.record(z.string(), z.string()).exactOptional(),
});

/** JSON text for `parseTaggingFacts`. */
export function serializeTaggingFacts(facts: TaggingFacts): string {
  const file = {
    format: 'unroll-tagging-1',
    words: plain(facts.words),
    wordCounts: facts.wordCounts,
    characters: plain(facts.characters),
    suffixes: facts.suffixes.map(plain),
    features: facts.features.map(plain),
    columns: facts.columns.map((column) => ({ ...column, tags: plain(column.tags) })),
    mixedSpellings: facts.mixedSpellings,
  };
  return `${JSON.stringify(file)}\n`;
}

function plain(vocabulary: Vocabulary): unknown {
  return JSON.parse(vocabulary.serialize());
}

/**
 * @param path - of the file that the text is from, for messages
 * @throws {CheckpointError} `checkpoint/facts` for a text that is not what `serializeTaggingFacts` writes
 */
export function parseTaggingFacts(text: string, path: string): TaggingFacts {
  const parsed = factsSchema.safeParse(parseJson(text));
  if (!parsed.success) throw damaged(path, describe(parsed.error));
  const { words, characters, suffixes, features, columns, wordCounts, mixedSpellings } = parsed.data;
  const read = (value: unknown): Vocabulary => {
    try {
      return Vocabulary.parse(JSON.stringify(value), path);
    } catch (error) {
      throw isUnrollError(error) ? damaged(path, 'one of its vocabularies cannot be read') : error;
    }
  };
  const withUnknown = (value: unknown): Vocabulary => {
    const each = read(value);
    if (each.unknownId === undefined) throw damaged(path, 'a vocabulary has no token for unknown ones');
    return each;
  };
  const facts = {
    words: withUnknown(words),
    wordCounts,
    characters: withUnknown(characters),
    suffixes: suffixes.map(withUnknown),
    features: features.map(withUnknown),
    columns: columns.map((column) => ({ ...column, tags: read(column.tags) })),
    ...(mixedSpellings && { mixedSpellings }),
  };
  const counted = [{ tags: facts.words, counts: wordCounts }, ...facts.columns];
  if (counted.some(({ tags, counts }) => tags.size !== counts.length))
    throw damaged(path, 'a vocabulary lacks its counts');
  return facts;
}

function damaged(path: string, problem: string): CheckpointError {
  const message = `${path} does not say what words and tags a model has: ${problem}; use the file that the run wrote`;
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
