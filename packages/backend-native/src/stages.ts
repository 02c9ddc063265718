import type { Span, StageSource, TakenStages } from '@unroll/core/profiling';
import { nativeFunctions } from './native.js';

/** What a thread keeps between two readings, a training step apart: 80 bytes each. */
const spansOfAThread = 1 << 16;
const numbersOfASpan = 9;
const clockReadings = 16;

/** The stages inside native kernels: matrix products, gates, waiting for other threads. */
class NativeStages implements StageSource {
  /** from the engine's clock to the one that was asked for */
  #offsetMs = 0;

  start(clock: () => number): void {
    // The engine's time lies between two readings of the clock. Whatever the system puts in between widens one reading's
    // bounds, but not those of all of them.
    let [low, high] = [-Infinity, Infinity];
    for (let reading = 0; reading < clockReadings; reading++) {
      const before = clock();
      const nowMs = nativeFunctions().profile(spansOfAThread).nowNs / 1e6;
      const after = clock();
      [low, high] = [Math.max(low, before - nowMs), Math.min(high, after - nowMs)];
    }
    this.#offsetMs = (low + high) / 2;
  }

  take(): TakenStages {
    const { names, records, lost } = nativeFunctions().profile(spansOfAThread);
    const count = records.length / numbersOfASpan;
    const record = (i: number) => records.subarray(i * numbersOfASpan, (i + 1) * numbersOfASpan);
    return { lost, spans: () => Array.from({ length: count }, (_, i) => this.#span(names, record(i))) };
  }

  stop(): void {
    nativeFunctions().profile(0);
  }

  #span(names: readonly string[], record: Float64Array): Span {
    const [name = 0, thread = 0, beginNs = 0, endNs = 0, operations = 0, bytes = 0, ...sizes] = record;
    return {
      name: names[name]!,
      thread,
      beginMs: this.#offsetMs + beginNs / 1e6,
      endMs: this.#offsetMs + endNs / 1e6,
      ...(operations > 0 && { operations }),
      ...(bytes > 0 && { bytes }),
      ...(sizes[0]! > 0 && { sizes }),
    };
  }
}

export const nativeStages: StageSource = new NativeStages();
