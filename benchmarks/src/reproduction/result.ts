import { describeMachine, type Machine } from '../harness/machine.js';
import { mean } from '../harness/statistics.js';
import { meetsBar, type Recipe } from '../recipes/recipe.js';
import { TrainingError } from '@unroll/core/errors';
import type { SeedResult, Settings } from './run-seed.js';

/** What `benchmarks/results/NAME.json` holds: ours beside the published number, and how ours came about. */
export interface Reproduction {
  readonly name: string;
  readonly task: string;
  readonly data: string;
  readonly model: string;
  readonly score: Recipe['score'];
  /** mean over the seeds */
  readonly mean: number;
  /** of the sample; 0 for a single seed */
  readonly standardDeviation: number;
  readonly published: Recipe['published'];
  readonly bar: number;
  readonly reached: boolean;
  readonly command: string;
  readonly machine: Machine;
  /** every setting, the same for all seeds */
  readonly config: Settings;
  readonly seeds: readonly SeedResult[];
}

/** A finished seed and what it was trained with. */
export interface FinishedSeed {
  readonly result: SeedResult;
  readonly config: Settings;
}

/**
 * @param finished - at least one
 * @throws {TrainingError} `reproduce/mixed` if the seeds were trained with different settings
 */
export function summariseSeeds(recipe: Recipe, finished: readonly FinishedSeed[], command: string): Reproduction {
  const seeds = finished.map(({ result }) => result);
  const { config } = finished[0]!;
  const other = finished.find((each) => JSON.stringify(each.config) !== JSON.stringify(config));
  if (other !== undefined) {
    const message = `seed ${other.result.seed} of ${recipe.name} was trained with other settings than seed ${seeds[0]!.seed}; delete the older one in runs/reproduce`;
    throw new TrainingError('reproduce/mixed', message);
  }
  const scores = seeds.map(({ score }) => score);
  const average = mean(scores);
  const { name, task, data, model, score, published, bar } = recipe;
  return {
    name,
    task,
    data,
    model,
    score,
    mean: average,
    standardDeviation: standardDeviation(scores, average),
    published,
    bar,
    reached: meetsBar(recipe, average),
    command,
    machine: describeMachine(),
    config,
    seeds,
  };
}

function standardDeviation(values: readonly number[], average: number): number {
  if (values.length < 2) return 0;
  const squares = values.map((value) => (value - average) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (values.length - 1));
}
