import {
  createRecognitionModel,
  createRecognizer,
  parseAudioRecognitionConfig,
  symbolsOf,
  writeWav,
  type Recognition,
  type Recognizer,
  type Recording,
} from '@unroll/audio-recognition';
import { deriveKey, randomKey, Vocabulary } from '@unroll/core';
import type { Ran } from '../../harness/protocol.js';
import { madeSound } from '../../made-data.js';
import type { RecognizerShape } from '../../models.js';
import { featureConfig } from './log-mel.js';
import { timeAwaited, timeRepetitions, type Repetitions, type Session, type StartOf } from './session.js';

/** A recogniser that hears one recording, as a WAV file in memory or live. */
export function startRecognizer({ shape, seed }: StartOf<RecognizerShape>): Session {
  const { features, pieceSeconds } = shape;
  const { sampleRate, seconds } = features;
  const model = createModel(shape, seed);
  const recognizer = createRecognizer(model);
  const samples = madeSound(seconds * sampleRate);
  const recording = recordingOf(writeWav({ samples, sampleRate }));
  const pieceLength = pieceSeconds * sampleRate;
  const pieces = Array.from({ length: Math.ceil(samples.length / pieceLength) }, (_, i) =>
    samples.subarray(i * pieceLength, (i + 1) * pieceLength),
  );
  return {
    parameters: Object.values(model.parameters).reduce((sum, { size }) => sum + size, 0),
    run: (work, repetitions) => {
      if (work === 'piece') return timePieces(recognizer, pieces, repetitions);
      if (work === 'live') return timeRepetitions(repetitions, () => hear(recognizer, pieces));
      return timeAwaited(repetitions, async () => {
        for await (const recognition of recognizer.recognize([recording])) requireText(recognition);
      });
    },
  };
}

function createModel(shape: RecognizerShape, seed: number) {
  const config = parseAudioRecognitionConfig({
    task: 'transcribe',
    features: featureConfig(shape.features),
    model: {
      cell: 'lstm',
      layers: shape.layers,
      hiddenSize: shape.hiddenSize,
      bidirectional: false,
      causal: true,
    },
  });
  const facts = {
    task: 'transcribe',
    sampleRate: shape.features.sampleRate,
    featureSize: shape.features.mels,
    classes: new Vocabulary([]),
    symbols: symbolsOf(['abcdefghijklmnopqrstuvwxyz and spaces'], config.data),
  } as const;
  return createRecognitionModel({ config, facts, key: deriveKey(randomKey(seed), 'model') });
}

function recordingOf(bytes: Uint8Array): Recording {
  const file = {
    name: 'made.wav',
    size: bytes.length,
    async *bytes() {
      yield bytes;
    },
  };
  return { name: file.name, file };
}

function hear(recognizer: Recognizer, pieces: readonly Float32Array[]): void {
  const live = recognizer.live();
  for (const piece of pieces) live.push(piece);
  requireText(live.end());
}

/** How long each piece of `count` recordings takes until its result is there. */
function timePieces(recognizer: Recognizer, pieces: readonly Float32Array[], { count, budgetMs }: Repetitions): Ran {
  const ms: number[] = [];
  const deadline = performance.now() + budgetMs;
  for (let recording = 0; recording < count && (recording === 0 || performance.now() < deadline); recording++) {
    const live = recognizer.live();
    for (const piece of pieces) {
      const begin = performance.now();
      live.push(piece);
      ms.push(performance.now() - begin);
    }
    requireText(live.end());
  }
  return { ms };
}

/** @throws {Error} for a recogniser that did not do its work */
function requireText({ transcripts }: Recognition): void {
  if (transcripts === undefined) throw new Error('nothing was transcribed');
}
