import { exitCodes, StopRequest, type VerbContext } from '@unroll/cli';
import { openLiveSound, type LiveSound } from './live-sound.js';
import { Latency } from './live-output.js';
import type { OpenRecognizer } from '../task.js';

/** A stream that is being listened to. */
export interface Listening {
  readonly sound: LiveSound;
  /** those of `sound` until they end or the user stops */
  readonly pieces: AsyncIterable<Float32Array>;
  readonly latency: Latency;
}

/**
 * Listens to standard input until it ends or SIGINT comes; then `work` may end what it has begun.
 *
 * @param work - takes all pieces
 */
export async function listen(
  context: VerbContext,
  { config }: OpenRecognizer,
  work: (listening: Listening) => Promise<void>,
): Promise<void> {
  const { output, flags } = context;
  const sound = await openLiveSound(flags, config.data.channel);
  output.log(`listening: ${sound.described}`);
  const latency = new Latency();
  const stop = new StopRequest(() => process.stdin.destroy());
  try {
    await work({ sound, pieces: untilStopped(sound, stop.signal), latency });
  } finally {
    stop.release();
  }
  sound.warnings.forEach((warning) => output.log(warning));
  if (flags['timing'] === true) output.warn(latency.describe());
  if (stop.received === 'SIGINT') process.exitCode = exitCodes.interrupted;
  if (stop.received === 'SIGTERM') process.exitCode = exitCodes.terminated;
}

/** A stream that is destroyed in the middle of a read fails; where the user did that, it has ended. */
async function* untilStopped(
  sound: AsyncIterable<Float32Array>,
  signal: AbortSignal,
): AsyncGenerator<Float32Array, void> {
  try {
    yield* sound;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
