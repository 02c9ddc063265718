import { readFile } from 'node:fs/promises';
import { DataError } from '@unroll/core/errors';
import { fileError } from '@unroll/core/node';
import { compareVoices, enroll } from '@unroll/audio-recognition';
import { z } from 'zod';
import type { Ranked } from './result-lines.js';

const voicesSchema = z.strictObject({
  /** of the model: vectors of another one mean something else */
  fingerprint: z.string(),
  /** numbers of a vector */
  size: z.int().min(1),
  voices: z.array(z.strictObject({ name: z.string().min(1), embeddings: z.array(z.array(z.number())).min(1) })),
});

/** People whose voices are known, as a model hears each of their recordings: a file beside the model. */
export type Voices = z.output<typeof voicesSchema>;

/** @throws {DataError} `file/…`; `data/voices` for a damaged file, and for one of another model */
export async function readVoices(path: string, model: Pick<Voices, 'fingerprint'>): Promise<Voices> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(error, 'read', path);
  });
  const parsed = voicesSchema.safeParse(parseJson(text));
  if (!parsed.success || !isEven(parsed.data)) {
    const how = `write one with identify --enroll NAME=FILE --voices ${path}`;
    throw new DataError('data/voices', `${path} is no file of voices; ${how}`);
  }
  if (parsed.data.fingerprint === model.fingerprint) return parsed.data;
  const message = `${path} has voices as another model hears them; enroll them again with this one`;
  throw new DataError('data/voices', message);
}

function isEven({ size, voices }: Voices): boolean {
  return voices.every(({ embeddings }) => embeddings.every((embedding) => embedding.length === size));
}

/** With recordings of one more person, or with more recordings of one who is known. */
export function addVoice(known: Voices, name: string, embeddings: readonly Float32Array[]): Voices {
  const before = known.voices.find((voice) => voice.name === name)?.embeddings ?? [];
  const voice = { name, embeddings: [...before, ...embeddings.map((embedding) => Array.from(embedding))] };
  return { ...known, voices: [...known.voices.filter((each) => each.name !== name), voice] };
}

/** The cosine to each voice, that of all of its recordings together; most alike first. */
export function matchVoices({ voices }: Voices, embedding: Float32Array): readonly Ranked[] {
  return voices
    .map(({ name, embeddings }) => {
      const voice = enroll(embeddings.map((each) => Float32Array.from(each)));
      return { name, value: compareVoices(voice, embedding) };
    })
    .sort((a, b) => b.value - a.value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
