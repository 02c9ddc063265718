import { describeMachine, type Machine } from '../harness/machine.js';
import { mean } from '../harness/statistics.js';
import { meetsBar, type Recipe } from '../recipes/recipe.js';
import type { SeedResult } from './run-seed.js';

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
  readonly seeds: readonly SeedResult[];
}

/** @param seeds - at least one */
export function summariseSeeds(recipe: Recipe, seeds: readonly SeedResult[], command: string): Reproduction {
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
    seeds,
  };
}

function standardDeviation(values: readonly number[], average: number): number {
  if (values.length < 2) return 0;
  const squares = values.map((value) => (value - average) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (values.length - 1));
}
