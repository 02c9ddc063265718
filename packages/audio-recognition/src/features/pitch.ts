import { concatenate, createResampler } from '../audio/resample.js';
import type { FeatureStream } from '../types.js';
import { inSequence } from './stages.js';
import { FrameWindow } from './frame-window.js';
import { correlationSpan, lagCorrelations, pitchBand, pitchRate } from './pitch-correlation.js';
import { pathDelay, PitchPath, type ChosenLag } from './pitch-path.js';
import type { FramePlan } from './spectral-plan.js';

/** Frames before and after whose mean is taken off. */
const [meanBefore, meanAfter] = [75, 30];
/** Frames later than its own that a frame's pitch waits for. */
export const pitchLookAhead = pathDelay + meanAfter;
/** Seconds after the middle of its window that a frame's correlations look at, the resampler's included. */
export const pitchReachSeconds = correlationSpan / 2 / pitchRate + 50 / pitchBand;

/**
 * Sound to two numbers a frame: how far ln F0 lies above its mean, and how voiced the frame is.
 *
 *   p_t = ln F0_t − Σ w_s ln F0_s / Σ w_s      w = max(φ, 0)² + 10⁻⁴, s of t − 75 … t + 30
 *   v_t = φ_t, the normalised correlation of the chosen period, in −1 … 1
 *
 * It goes Kaldi's way (correlations at 4 kHz of what lies below 1 kHz, 50 to 400 Hz, Viterbi's path, a mean weighted by voicing) with whole lags and a parabola where
 * Kaldi interpolates a finer grid, so its numbers are not Kaldi's.
 *
 * @see Ghahremani et al. 2014
 */
export function createPitchStage(plan: FramePlan, sampleRate: number): FeatureStream {
  const tracker = createPitchTracker(plan, sampleRate);
  /** ln F0, φ */
  const frames = new FrameWindow(2);
  let done = 0;
  const writeUntil = (end: number): Float32Array => {
    const output = new Float32Array(2 * Math.max(0, end - done));
    for (let at = 0; done < end; done++, at += 2) {
      const { data } = frames;
      let sum = 0;
      let weights = 0;
      const last = frames.at(Math.min(frames.count - 1, done + meanAfter));
      for (let s = frames.at(Math.max(0, done - meanBefore)); s <= last; s += 2) {
        const weight = Math.max(0, data[s + 1]!) ** 2 + 1e-4;
        weights += weight;
        sum += weight * data[s]!;
      }
      output[at] = data[frames.at(done)]! - sum / weights;
      output[at + 1] = data[frames.at(done) + 1]!;
    }
    frames.dropBefore(done - meanBefore);
    return output;
  };
  return {
    push(samples) {
      frames.append(inLogarithms(tracker.push(samples)));
      return writeUntil(frames.count - meanAfter);
    },
    end() {
      frames.append(inLogarithms(tracker.end()));
      return writeUntil(frames.count);
    },
  };
}

/** Sound to F0 in hertz and its correlation, `[frame, 2]`; of each frame of `plan`, around the middle of its window. */
export function createPitchTracker(plan: FramePlan, sampleRate: number): FeatureStream {
  const resampler = inSequence(createResampler(sampleRate, pitchBand), createResampler(pitchBand, pitchRate));
  const path = new PitchPath();
  let samples = 0;
  /** at the lower rate, from place `first` on; zeros before the sound begins */
  let kept = new Float32Array(0);
  let first = 0;
  let frames = 0;
  const placeOf = (frame: number): number => {
    const middle = frame * plan.hopLength + plan.offset + plan.window.length / 2;
    return Math.round((middle * pitchRate) / sampleRate - correlationSpan / 2);
  };
  const advance = (count: number): Float32Array => {
    const chosen: ChosenLag[] = [];
    for (; frames < count; frames++) {
      const place = placeOf(frames);
      const piece = new Float32Array(correlationSpan);
      piece.set(
        kept.subarray(Math.max(0, place - first), Math.max(0, place - first + correlationSpan)),
        Math.max(0, first - place),
      );
      const decided = path.push(lagCorrelations(piece));
      if (decided) chosen.push(decided);
    }
    const drop = Math.min(kept.length, Math.max(0, placeOf(frames) - first));
    kept = kept.slice(drop);
    first += drop;
    return rowsOf(chosen);
  };
  return {
    push(piece) {
      samples += piece.length;
      kept = concatenate([kept, resampler.push(piece)]);
      const known = first + kept.length;
      let count = frames;
      while (count < plan.frames(samples) && placeOf(count) + correlationSpan <= known) count++;
      return advance(count);
    },
    end() {
      kept = concatenate([kept, resampler.end()]);
      return concatenate([advance(plan.frames(samples)), rowsOf(path.end())]);
    },
  };
}

const inLogarithms = (rows: Float32Array): Float32Array =>
  rows.map((value, i) => (i % 2 === 0 ? Math.log(value) : value));

function rowsOf(chosen: readonly ChosenLag[]): Float32Array<ArrayBuffer> {
  return Float32Array.from(chosen.flatMap(({ lag, correlation }) => [pitchRate / lag, correlation]));
}
