import { join } from 'node:path';
import {
  assignArrays,
  modelVariables,
  formatDuration,
  formatNumber,
  parseModel,
  spacedName,
  type NamedArrays,
  type RunReport,
  type StopReason,
} from '@unroll/core';
import type { Profile } from '@unroll/core/profiling';
import type { NamedScores, VerbContext } from '../app.js';
import type { ReadyRun } from '../commands/train.js';
import { describeMachine } from '../machine.js';
import type { Output } from '../output.js';
import { readRunFile } from '../run-files.js';
import { chooseSamples, writeReports } from './report-files.js';
import { sampleAfter, type SessionResult } from './session.js';

/** What `train --json` prints. */
export interface Conclusion {
  /** folder of the run */
  readonly model: string;
  readonly reason: StopReason;
  readonly steps: number;
  readonly epochs: number;
  readonly parameterCount: number;
  /** of this process's training */
  readonly elapsedSeconds: number;
  readonly best: RunReport['best'] | null;
  /** of the best weights, by split */
  readonly scores: Readonly<Record<string, NamedScores>>;
  /** of `--profile` */
  readonly profile?: Profile;
}

/** Scores and a last sample of the best weights, and the report. An interrupted run is reported as far as it came. */
export async function concludeRun(
  run: ReadyRun,
  { started, stopped, samples }: SessionResult,
  { output, state }: { readonly output: Output; readonly state: 'finished' | 'interrupted' },
): Promise<{ readonly conclusion: Conclusion; readonly report: Omit<RunReport, 'curves'> }> {
  const { prepared, plan, directory, engine } = run;
  const { task } = prepared;
  if (task) assignArrays(modelVariables(task), await bestWeights(run));
  const finished = state === 'finished';
  const scores = finished ? await prepared.evaluate((message) => output.log(message)) : {};
  const late = (finished && (await prepared.lateArtifacts?.())) || {};
  for (const [name, content] of Object.entries(late)) await directory.write(name, content);
  const sections = (finished && (await prepared.sections?.())) || [];
  const step = stopped.best?.step ?? stopped.step;
  const last = prepared.sample ? [await sampleAfter(step, { prepared, config: plan.config })] : [];
  const best = task && stopped.best && { name: task.bestScore.name, ...stopped.best };
  const facts = {
    steps: stopped.step,
    epochs: stopped.epoch,
    parameterCount: started.parameterCount,
    elapsedSeconds: stopped.elapsedMs / 1000,
  };
  const profile = run.profiler?.profile;
  const measured = profile && { profile };
  const report = {
    ...facts,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    title: run.title,
    command: commandLine(),
    finishedAt: new Date().toISOString(),
    outcome: task
      ? describeOutcome(stopped.reason, stopped.step, facts.elapsedSeconds)
      : 'This model learns nothing beforehand; it was scored as it is.',
    summary: prepared.summary,
    scores,
    ...(best && { best }),
    samples: chooseSamples([...samples, ...last], 5),
    ...(sections.length > 0 && { sections }),
    ...(prepared.units && { units: prepared.units }),
    ...measured,
    config: plan.config,
    environment: { engine: engine.description, ...describeMachine() },
  };
  const conclusion = {
    model: directory.path,
    reason: stopped.reason,
    ...facts,
    best: best ?? null,
    scores,
    ...measured,
  };
  return { conclusion, report };
}

/** The trainer leaves the weights of the last step; the file holds the best ones. */
async function bestWeights({ directory }: ReadyRun): Promise<NamedArrays> {
  const name = 'model.safetensors';
  return parseModel(await readRunFile(directory.path, name), join(directory.path, name)).arrays;
}

export async function reportRun(
  { output }: VerbContext,
  { directory, prepared, profiler }: ReadyRun,
  { conclusion, report }: Awaited<ReturnType<typeof concludeRun>>,
): Promise<void> {
  await writeReports(directory, report, prepared.shownScore);
  const interrupted = conclusion.reason === 'interrupted';
  if (profiler && (interrupted || !output.json)) {
    output.log((await import('./run-profiler.js')).renderProfile(profiler.profile));
  }
  const told = (report.sections ?? []).filter(({ paragraphs }) => paragraphs.length > 0);
  for (const { title, paragraphs } of output.json ? [] : told) {
    output.log(told.length > 1 ? `${title}: ${paragraphs[0]}` : paragraphs[0]!);
  }
  output.log(`report: ${join(directory.path, 'report.html')}`);
  if (interrupted) return;
  if (output.json) {
    await output.object(conclusion);
    return;
  }
  for (const [split, scores] of Object.entries(conclusion.scores)) {
    const parts = Object.entries(scores).map(([name, value]) => `${spacedName(name)} ${formatNumber(value)}`);
    await output.line(`${split}: ${parts.join(', ')}`);
  }
}

const reasons: Readonly<Record<StopReason, string>> = {
  completed: 'Training is complete',
  'max-steps': 'Training reached its limit of steps',
  'early-stopping': 'Training stopped early: the validation score no longer improved',
  interrupted: 'Training was interrupted',
};

function describeOutcome(reason: StopReason, steps: number, elapsedSeconds: number): string {
  return `${reasons[reason]}: ${formatNumber(steps)} steps in ${formatDuration(elapsedSeconds)}.`;
}

/** As typed, quoted for a shell where needed. */
function commandLine(): string {
  const [, script = '', ...args] = process.argv;
  const name = script.replace(/^.*[/\\]/, '');
  return [name, ...args]
    .map((part) => (/^[\w./:=@%+,-]+$/.test(part) ? part : `'${part.replace(/'/g, `'\\''`)}'`))
    .join(' ');
}
