import { DataError, spectralColumns } from '@unroll/core';
import type { FeatureConfig } from '../config.js';
import type { FeatureStream } from '../types.js';
import { createCepstrum } from './cepstrum.js';
import { createDeltaStage, deltaLookAhead } from './deltas.js';
import { createPitchStage, pitchLookAhead, pitchReachSeconds } from './pitch.js';
import { createSpectralStage } from './spectral-stage.js';
import { createFramePlan, type FramePlan } from './spectral-plan.js';
import { createSpliceStage } from './splice.js';
import { beside, inSequence } from './stages.js';

/** Sound to frames of features, not normalised. Columns: energy, then those of `kind`, then pitch and voicing; deltas; splicing. */
export interface FeatureExtractor {
  /** numbers of a frame, after deltas and splicing */
  readonly size: number;
  /** seconds from one frame to the next, after the stride of splicing */
  readonly frameSeconds: number;
  /** how long after the middle of its window a frame is known, at most: what it looks ahead */
  readonly latencySeconds: number;
  /** samples that a frame needs at least; shorter sound has no frame */
  readonly minimumSamples: number;
  /** frames of so many samples */
  frames(samples: number): number;
  /**
   * @returns `[frame, feature]`; empty for sound shorter than `minimumSamples`
   * @throws {DataError} `data/samples` for a sample that is not a finite number
   */
  extract(samples: Float32Array): Float32Array;
  /** The same bits from pieces of any length. */
  stream(): FeatureStream;
}

/** Samples that go through the stages at once, so that memory stays in the caches. */
const pieceLength = 1 << 19;

/**
 * What computes `config` at a sample rate; spectral-plan.ts says what the two conventions are.
 *
 * @param sampleRate - in hertz
 * @throws {ConfigError} `config/features` for what does not fit the sample rate
 */
export function createFeatures(config: FeatureConfig, sampleRate: number): FeatureExtractor {
  const plan = createFramePlan(config, sampleRate);
  const { left, right, stride } = config.splice;
  const baseSize = createBase(config, plan, sampleRate).size;
  const size = baseSize * (config.deltas + 1) * (left + 1 + right);
  const frames = (samples: number): number => Math.ceil(plan.frames(samples) / stride);
  const stream = (): FeatureStream => createStream(config, plan, sampleRate);
  return {
    size,
    frameSeconds: (plan.hopLength / sampleRate) * stride,
    latencySeconds: lookAheadSeconds(config, plan, sampleRate),
    minimumSamples: config.convention === 'kaldi' ? plan.window.length : 1,
    frames,
    stream,
    extract: (samples) => {
      const features = new Float32Array(frames(samples.length) * size);
      const whole = stream();
      let at = 0;
      for (let from = 0; from < samples.length; from += pieceLength) {
        const piece = whole.push(samples.subarray(from, from + pieceLength));
        features.set(piece, at);
        at += piece.length;
      }
      features.set(whole.end(), at);
      return features;
    },
  };
}

function lookAheadSeconds(config: FeatureConfig, { window, hopLength }: FramePlan, sampleRate: number): number {
  const half = window.length / 2 / sampleRate;
  const frames = deltaLookAhead(config) + config.splice.right + (config.pitch ? pitchLookAhead : 0);
  return (config.pitch ? Math.max(half, pitchReachSeconds) : half) + (frames * hopLength) / sampleRate;
}

function createStream(config: FeatureConfig, plan: FramePlan, sampleRate: number): FeatureStream {
  const { stream: base, size } = createBase(config, plan, sampleRate);
  const { splice, deltas } = config;
  const stages = [base];
  if (deltas > 0) stages.push(createDeltaStage(config, size));
  if (splice.left + splice.right > 0 || splice.stride > 1) stages.push(createSpliceStage(splice, size * (deltas + 1)));
  return checkSamples(stages.reduce(inSequence));
}

interface Base {
  readonly stream: FeatureStream;
  readonly size: number;
}

function createBase(config: FeatureConfig, plan: FramePlan, sampleRate: number): Base {
  const { stream, size } = createTimbre(config, plan);
  if (!config.pitch) return { stream, size };
  return { stream: beside(stream, createPitchStage(plan, sampleRate), [size, 2]), size: size + 2 };
}

function createTimbre(config: FeatureConfig, plan: FramePlan): Base {
  const spectral = createSpectralStage(plan);
  if (config.kind !== 'mfcc') return { stream: spectral, size: spectralColumns(plan) };
  const cepstrum = createCepstrum(config);
  const stream: FeatureStream = {
    push: (samples) => cepstrum.apply(spectral.push(samples)),
    end: () => cepstrum.apply(spectral.end()),
  };
  return { stream, size: cepstrum.size };
}

function checkSamples(stream: FeatureStream): FeatureStream {
  let before = 0;
  return {
    push: (samples) => {
      for (let i = 0; i < samples.length; i++) {
        if (Math.abs(samples[i]!) < Infinity) continue;
        throw new DataError('data/samples', `sample ${before + i + 1} is ${samples[i]}; features need finite numbers`);
      }
      before += samples.length;
      return stream.push(samples);
    },
    end: () => stream.end(),
  };
}
