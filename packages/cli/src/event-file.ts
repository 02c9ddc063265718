import { appendFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { encodeFileVersion, encodeScalarEvent, type TrainingEvent } from '@unroll/core';

/** Appends the scalars of a run to a TensorBoard event file of its own in the run folder. */
export class EventFile {
  readonly path: string;
  #pending: Uint8Array[];
  #writtenMs: number;

  /** @param startedMs - milliseconds since 1970 */
  constructor(folder: string, startedMs: number) {
    const seconds = Math.floor(startedMs / 1000);
    this.path = join(folder, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}`);
    this.#pending = [encodeFileVersion(startedMs / 1000)];
    this.#writtenMs = startedMs;
  }

  /** @param nowMs - milliseconds since 1970 */
  async add(event: TrainingEvent, nowMs: number): Promise<void> {
    const scalars = scalarsOf(event);
    if (scalars !== undefined)
      this.#pending.push(encodeScalarEvent({ wallTimeSeconds: nowMs / 1000, step: event.step, scalars }));
    if (event.type !== 'step' || nowMs - this.#writtenMs > 2000) await this.#write(nowMs);
  }

  async #write(nowMs: number): Promise<void> {
    const records = this.#pending;
    this.#pending = [];
    this.#writtenMs = nowMs;
    if (records.length > 0) await appendFile(this.path, Buffer.concat(records));
  }
}

function scalarsOf(event: TrainingEvent): Readonly<Record<string, number>> | undefined {
  if (event.type === 'step') {
    return {
      'train/loss': event.loss,
      'train/learningRate': event.learningRate,
      'train/gradientNorm': event.gradientNorm,
    };
  }
  if (event.type !== 'evaluation') return undefined;
  return Object.fromEntries(Object.entries(event.scores).map(([name, value]) => [`valid/${name}`, value]));
}
