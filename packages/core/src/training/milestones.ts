import { TrainingError } from '../errors.js';
import { deriveKey } from '../tensors/random.js';
import { modelVariables } from './buffers.js';
import { toNamedArrays } from './checkpoint.js';
import { improves, observe } from './early-stopping.js';
import { evaluate } from './evaluate.js';
import type { CheckpointEvent, EvaluationEvent, StopReason, TrainingEvent } from './events.js';
import { position, type TrainingRun } from './run.js';
import type { BatchSource, Scores } from './task.js';

/** What is due after a step, before the next: its evaluation, then its checkpoint. */
export async function* settleStep<Batch>(run: TrainingRun<Batch>): AsyncGenerator<TrainingEvent, void> {
  const { task, config, progress } = run;
  const atStart = progress.step === 0;
  let improved = false;
  if (task.valid && !atStart && progress.evaluatedStep !== progress.step && isDue(run, config.evaluateEverySteps)) {
    const event = await scoreSplit(run, task.valid);
    // Interrupted: the checkpoint that follows does not count this evaluation, so a resumed run makes it again.
    if (!event) return;
    improved = event.best;
    learnFromScores(run, event);
    yield event;
  }
  if (!atStart && (improved || isDue(run, config.checkpointEverySteps))) yield* save(run, improved);
}

/** At the end: a last checkpoint, and scores for the last step if it has none. */
export async function* finishRun<Batch>(
  run: TrainingRun<Batch>,
  reason: StopReason,
): AsyncGenerator<TrainingEvent, void> {
  const { task, progress } = run;
  yield* save(run, false);
  let { best } = progress;
  if (task.valid && reason !== 'interrupted' && progress.evaluatedStep !== progress.step) {
    // After the checkpoint and not part of it: a longer run would not have scored this step.
    const event = await scoreSplit(run, task.valid);
    if (event?.best) {
      best = { score: bestScore(run, event.scores), step: progress.step };
      await run.store?.saveModel(toNamedArrays(modelVariables(task)));
    }
    if (event) yield event;
  }
  yield { type: 'stopped', ...position(run), reason, ...(best && { best }) };
}

/** Every so many steps; 0 = at the end of each epoch. */
function isDue<Batch>({ progress }: TrainingRun<Batch>, everySteps: number): boolean {
  return everySteps > 0 ? progress.step % everySteps === 0 : progress.batch === 0;
}

/** The scores of the validation split, or `undefined` if the run is aborted meanwhile. */
async function scoreSplit<Batch>(
  run: TrainingRun<Batch>,
  source: BatchSource<Batch>,
): Promise<EvaluationEvent | undefined> {
  const { task, config, progress, signal } = run;
  try {
    const { activationBytes } = config;
    const key = deriveKey(run.key, 'valid');
    const scores = await evaluate(task, source, { key, activationBytes, ...(signal && { signal }) });
    const comparison = { better: task.bestScore.better, minimumImprovement: 0 };
    const best = improves(bestScore(run, scores), progress.best?.score ?? null, comparison);
    return { type: 'evaluation', ...position(run), scores, best };
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
}

function learnFromScores<Batch>(run: TrainingRun<Batch>, { scores, best }: EvaluationEvent): void {
  const { task, progress, config } = run;
  const { better } = task.bestScore;
  const score = bestScore(run, scores);
  progress.evaluatedStep = progress.step;
  if (best) progress.best = { score, step: progress.step };
  const { minimumImprovement } = config.earlyStopping;
  progress.earlyStopping = observe(progress.earlyStopping, score, { better, minimumImprovement });
  if (config.schedule.name !== 'plateau') return;
  const { patience, minimumImprovement: threshold } = config.schedule;
  const plateau = observe(progress.plateau, score, { better, minimumImprovement: threshold });
  const reduce = plateau.evaluationsWithoutImprovement > patience;
  progress.plateau = {
    best: plateau.best,
    evaluationsWithoutImprovement: reduce ? 0 : plateau.evaluationsWithoutImprovement,
    reductions: progress.plateau.reductions + (reduce ? 1 : 0),
  };
}

function bestScore<Batch>({ task }: TrainingRun<Batch>, scores: Scores): number {
  const score = scores[task.bestScore.name];
  if (score !== undefined) return score;
  const names = Object.keys(scores).join(', ');
  throw new TrainingError(
    'training/no-such-score',
    `${task.name} has no score "${task.bestScore.name}"; it has ${names}`,
  );
}

/** A checkpoint of the step, unless there is one already. */
async function* save<Batch>(run: TrainingRun<Batch>, improved: boolean): AsyncGenerator<CheckpointEvent, void> {
  const { store, task, progress, config, optimizer } = run;
  if (!store || run.savedStep === progress.step) return;
  const parameters = toNamedArrays(modelVariables(task));
  // The model first: a kill between the two repeats the evaluation, where the other order would lose its model.
  if (improved || !progress.best) await store.saveModel(parameters);
  const moments = toNamedArrays(optimizer.slots);
  const checkpoint = {
    progress: structuredClone(progress),
    parameters,
    optimizer: moments,
    state: toNamedArrays(run.state ?? {}),
  };
  const path = await store.saveCheckpoint(checkpoint, config.keepCheckpoints);
  run.savedStep = progress.step;
  yield { type: 'checkpoint', ...position(run), path };
}
