import type { VerbContext } from '@unroll/cli';
import type { Recognition, RecognizeOptions } from '@unroll/audio-recognition';
import type { OpenRecognizer } from '../task.js';
import { wordTimes } from '../word-times.js';
import { listen, type Listening } from './listening.js';
import { createLiveOutput, type LiveOutput, type LiveResult } from './live-output.js';
import { recognizeOne, recordingOf, utterancesOf } from './utterances.js';

/**
 * Writes what is said while it is said. A model that hears one way shows the text as it grows, exactly that of the whole recording in the end;
 * any other model is given utterances between pauses, each as it ends.
 */
export async function transcribeLive(
  context: VerbContext,
  opened: OpenRecognizer,
  options: RecognizeOptions,
): Promise<void> {
  const oneWay = canStream(opened);
  const show = createLiveOutput(context);
  if (!oneWay) {
    context.output.log(
      'this model needs the end of what is said: it writes each utterance after the pause that ends it',
    );
  }
  await listen(context, opened, (listening) =>
    oneWay
      ? followStream(listening, opened, { show, options })
      : followUtterances(listening, opened, { show, options }),
  );
}

interface Following {
  readonly show: LiveOutput;
  readonly options: RecognizeOptions;
}

/** Whether results can come while the sound goes on. */
export function canStream({ config }: OpenRecognizer): boolean {
  const { model, features } = config;
  const early = features.normalization !== 'utterance' && features.normalization !== 'speaker';
  return !model.bidirectional && early && (model.convolutions.length === 0 || model.causal);
}

async function followStream(
  { sound, pieces, latency }: Listening,
  { recognizer, config }: OpenRecognizer,
  { show, options }: Following,
): Promise<void> {
  const live = recognizer.live({ ...options, times: true, sampleRate: sound.sampleRate });
  for await (const samples of pieces) {
    const result = await latency.measure(samples.length / sound.sampleRate, () => live.push(samples));
    await show.partial(resultOf(result, result.seconds, { unit: config.data.unit }));
  }
  const result = live.end();
  await show.final(resultOf(result, result.seconds, { unit: config.data.unit }));
}

async function followUtterances(
  { sound, pieces, latency }: Listening,
  { recognizer, config }: OpenRecognizer,
  { show, options }: Following,
): Promise<void> {
  for await (const { start, end, sound: spoken } of utterancesOf(pieces, sound.sampleRate)) {
    const recording = recordingOf(`${start.toFixed(2)} s`, spoken);
    const work = () => recognizeOne(recognizer, recording, { ...options, times: true });
    const result = await latency.measure(end - start, work);
    await show.final(resultOf(result, end, { unit: config.data.unit, from: start }));
  }
}

interface Place {
  readonly unit: 'character' | 'word';
  /** where the recognised part of the stream begins, in seconds */
  readonly from?: number;
}

/** @param seconds - where the stream is */
function resultOf(recognition: Recognition, seconds: number, { unit, from = 0 }: Place): LiveResult {
  const words = wordTimes(recognition.times ?? [], unit).map((word) => ({
    ...word,
    start: word.start + from,
    end: word.end + from,
  }));
  const details = { start: from, words, warnings: recognition.warnings };
  return { seconds, text: recognition.transcripts?.[0]?.text ?? '', details };
}
