import type { Task, TrainingEvent } from '@unroll/core';
import type { RunDirectory } from '@unroll/core/node';
import { describeProfile, profileTable, StepProfiler, type Profile } from '@unroll/core/profiling';
import { columns } from '../columns.js';
import type { Engine } from '../engine.js';
import { profileWarmUpSteps } from '../flags.js';
import { describeMachine } from '../machine.js';

export interface RunProfilerOptions {
  /** how many steps are measured */
  readonly steps: number;
  readonly engine: Engine;
  readonly directory: RunDirectory;
  /** of the trace's process */
  readonly title: string;
}

/** `train --profile`: measures some steps of a run and writes `profile.json` and `trace.json` as soon as it has them. */
export class RunProfiler {
  readonly #options: RunProfilerOptions;
  readonly #profiler: StepProfiler;

  constructor(options: RunProfilerOptions) {
    const { engine, steps } = options;
    this.#options = options;
    this.#profiler = new StepProfiler({
      backendName: engine.name,
      steps,
      warmUpSteps: profileWarmUpSteps,
      clock: () => performance.now(),
      ...(engine.stages && { stages: engine.stages }),
    });
  }

  /** `undefined` if the run was too short for a measured step. */
  get profile(): Profile | undefined {
    return this.#profiler.profile();
  }

  /** The same task, whose batches are watched. */
  watchTask<Batch>(task: Task<Batch>): Task<Batch> {
    return Object.create(task, { train: { value: this.#profiler.watchBatches(task.train) } }) as Task<Batch>;
  }

  /** The same events; the files are written after the last measured step, or at the end of a shorter run. */
  async *watchEvents(events: AsyncIterable<TrainingEvent>): AsyncGenerator<TrainingEvent, void> {
    let written = false;
    for await (const event of this.#profiler.watchEvents(events)) {
      if (this.#profiler.finished && !written) {
        written = true;
        await this.#write();
      }
      yield event;
    }
    if (!written) await this.#write();
  }

  async #write(): Promise<void> {
    const { engine, directory, title } = this.#options;
    const { profile } = this;
    if (!profile) return;
    const environment = { engine: engine.description, ...describeMachine() };
    await directory.write('profile.json', `${JSON.stringify({ environment, ...profile }, null, 2)}\n`);
    await directory.write('trace.json', JSON.stringify(this.#profiler.trace(title, environment)));
  }
}

/** The table of a profile for a terminal. */
export function renderProfile(profile: Profile | undefined): string {
  if (!profile) return `profile: no step was measured, the run ended within its ${profileWarmUpSteps} warm-up steps`;
  return `profile: ${describeProfile(profile)}\n${columns(profileTable(profile), 1)}`;
}
