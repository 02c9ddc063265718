import { stat } from 'node:fs/promises';
import type { VerbContext } from '@unroll/cli';
import { fingerprint, serializeModel, toNamedArrays } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { fileSource, writeFileAtomically } from '@unroll/core/node';
import type { Recognition } from '@unroll/audio-recognition';
import { isLive, recognizeFiles, requireOneResult, requireTask, writeRecognitions } from '../recognition.js';
import { rankedClasses, rankedLine, type Ranked } from '../result-lines.js';
import type { OpenRecognizer } from '../task.js';
import { addVoice, matchVoices, readVoices, type Voices } from '../voices.js';

interface IdentifyFlags {
  readonly voices?: string;
  readonly enroll?: readonly { readonly name: string; readonly files: readonly string[] }[];
  readonly threshold?: number;
  readonly top?: number;
}

/** Whom a recording is of, where no enrolled voice is like it. */
const nobody = 'unknown';

/** Writes who speaks in each recording: of the speakers of the training data, or of enrolled voices. */
export async function identify(context: VerbContext): Promise<void> {
  const flags: IdentifyFlags = context.flags;
  requireOneResult(context);
  requireVoices(flags);
  const enrolls = flags.enroll !== undefined;
  const nothingElse = context.arguments.length === 0 && enrolls;
  const live = !nothingElse && isLive(context);
  const opened = await context.openModel<OpenRecognizer>();
  requireTask(opened, 'speaker');
  const voices = await openVoices(context, opened);
  if (nothingElse) return;
  const rank = rankBy(opened, voices, flags.threshold);
  if (live) {
    const { identifyLive } = await import('../live/identifying.js');
    return identifyLive(context, opened, rank);
  }
  await identifyFiles(context, opened, rank);
}

async function identifyFiles(context: VerbContext, opened: OpenRecognizer, rank: Rank): Promise<void> {
  const flags: IdentifyFlags = context.flags;
  const files = await recognizeFiles(context, opened);
  await writeRecognitions(context, files, {
    counted: 'clips',
    resultOf: (recognition) => {
      const ranked = rank(recognition);
      return {
        line: () => rankedLine(recognition.name, ranked, flags.top),
        json: () => speakerJson(recognition, ranked.slice(0, flags.top ?? 5)),
      };
    },
  });
}

/** Speakers of a recording, the likeliest first. */
export type Rank = (recognition: Recognition) => readonly Ranked[];

function rankBy({ model }: OpenRecognizer, voices: Voices | undefined, threshold = -1): Rank {
  if (!voices) return (recognition) => rankedClasses(recognition, model.facts);
  return ({ embedding }) => {
    const matches = matchVoices(voices, embedding!);
    const isKnown = matches.length > 0 && matches[0]!.value >= threshold;
    return isKnown ? matches : [{ name: nobody, value: matches[0]?.value ?? -1 }, ...matches];
  };
}

function requireVoices({ voices, enroll: enrolled, threshold }: IdentifyFlags): void {
  if (voices !== undefined) return;
  if (enrolled !== undefined) {
    throw new UsageError('usage/voices', '--enroll needs --voices FILE, where the voices are kept');
  }
  if (threshold !== undefined)
    throw new UsageError('usage/voices', '--threshold is for enrolled voices: --voices FILE');
}

/** The voices of `--voices`, with those that `--enroll` adds, which are written there. */
async function openVoices(context: VerbContext, { model, recognizer }: OpenRecognizer): Promise<Voices | undefined> {
  const { voices: path, enroll: enrolled = [] }: IdentifyFlags = context.flags;
  if (path === undefined) return undefined;
  const own = fingerprint(serializeModel(toNamedArrays(model.parameters), {}));
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  const size = model.config.model.embeddingSize;
  let voices: Voices =
    isThere || enrolled.length === 0
      ? await readVoices(path, { fingerprint: own })
      : { fingerprint: own, size, voices: [] };
  for (const { name, files } of enrolled) {
    const embeddings: Float32Array[] = [];
    const recordings = files.map((file) => ({ name: file, file: fileSource(file) }));
    for await (const { embedding } of recognizer.recognize(recordings)) embeddings.push(embedding!);
    voices = addVoice(voices, name, embeddings);
    context.output.log(`enrolled ${name} from ${files.length} ${files.length === 1 ? 'recording' : 'recordings'}`);
  }
  if (enrolled.length > 0) {
    await writeFileAtomically(path, `${JSON.stringify(voices)}\n`);
    context.output.log(`written: ${path}`);
  }
  return voices;
}

function speakerJson({ name, seconds, warnings }: Recognition, ranked: readonly Ranked[]): object {
  const [best] = ranked;
  const top = ranked.map(({ name: speaker, value: score }) => ({ speaker, score }));
  return { name, seconds, speaker: best!.name, score: best!.value, top, warnings };
}
