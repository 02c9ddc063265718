import { TrainingError } from '@unroll/core/errors';
import { describeMachine, type Machine } from '../harness/machine.js';
import { mean } from '../harness/statistics.js';
import { meetsBar, type MeanOfCases, type Recipe, type RecipeCase, type RecipeScore } from '../recipes/recipe.js';
import type { SeedResult, Settings } from './run-seed.js';

/** What `benchmarks/results/NAME.json` holds: ours beside the published numbers, and how ours came about. */
export interface Reproduction {
  readonly name: string;
  readonly task: string;
  readonly cases: readonly CaseResult[];
}

export interface CaseResult {
  readonly name: string;
  readonly data: string;
  readonly model: string;
  readonly scores: readonly ScoreResult[];
  readonly machine: Machine;
  /** every setting, the same for all seeds */
  readonly config: Settings;
  readonly seeds: readonly SeedResult[];
}

export interface ScoreResult extends RecipeScore {
  /** over the seeds, or over the cases of a mean */
  readonly mean: number;
  /** of the sample; 0 for a single one */
  readonly standardDeviation: number;
  readonly reached: boolean;
}

/** A finished seed and what it was trained with. */
export interface FinishedSeed {
  readonly result: SeedResult;
  readonly config: Settings;
}

/** @param cases - finished ones, in the recipe's order; behind them comes their mean, where the recipe asks for one and none is missing */
export function summariseRecipe({ name, task, mean: asked }: Recipe, cases: readonly CaseResult[]): Reproduction {
  const parts = asked ? cases.filter((each) => asked.cases.includes(each.name)) : [];
  if (!asked || parts.length < asked.cases.length) return { name, task, cases };
  return { name, task, cases: [...cases, summariseMean(asked, parts)] };
}

/** A row of its own whose seeds are the runs of all its cases. */
function summariseMean({ name, data, model, score }: MeanOfCases, parts: readonly CaseResult[]): CaseResult {
  const means = parts.map(({ scores }) => scores.find(({ key }) => key === score.key)!.mean);
  const { machine, config } = parts[0]!;
  const seeds = parts.flatMap((each) => each.seeds);
  return { name, data, model, scores: [summariseValues(score, means)], machine, config, seeds };
}

/**
 * @param finished - at least one
 * @throws {TrainingError} `reproduce/mixed` if the seeds were trained with different settings
 */
export function summariseCase(recipe: RecipeCase, finished: readonly FinishedSeed[]): CaseResult {
  const { name, data, model, scores } = recipe;
  const seeds = finished.map(({ result }) => result);
  const { config } = finished[0]!;
  const other = finished.find((each) => JSON.stringify(each.config) !== JSON.stringify(config));
  if (other !== undefined) {
    const message = `seed ${other.result.seed} of ${name} was trained with other settings than seed ${seeds[0]!.seed}; delete the older one in runs/reproduce`;
    throw new TrainingError('reproduce/mixed', message);
  }
  const summaries = scores.map((score) => summariseScore(score, seeds));
  return { name, data, model, scores: summaries, machine: describeMachine(), config, seeds };
}

function summariseScore(score: RecipeScore, seeds: readonly SeedResult[]): ScoreResult {
  return summariseValues(
    score,
    seeds.map(({ scores }) => scores[score.key]!),
  );
}

function summariseValues(score: RecipeScore, values: readonly number[]): ScoreResult {
  const average = mean(values);
  const reached = meetsBar(score, average);
  return { ...score, mean: average, standardDeviation: standardDeviation(values, average), reached };
}

function standardDeviation(values: readonly number[], average: number): number {
  if (values.length < 2) return 0;
  const squares = values.map((value) => (value - average) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (values.length - 1));
}
