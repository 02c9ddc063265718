import { generator, randomDraw } from '../calls/draw.js';
import { calls } from '../calls/index.js';
import { isUnreadable, mutate } from './mutations.js';
import { Placement } from './placement.js';

export type Callable = (...call: unknown[]) => unknown;

/** What came of a call: nothing wrong, or what was. */
export interface Outcome {
  readonly accepted: boolean;
  readonly problem?: string;
}

const pick = <T>(random: () => number, ...options: readonly T[]): T => options[Math.floor(random() * options.length)]!;

/** Another number of threads, precision and instruction set each time: every kernel has several forms. */
function configure(functions: Readonly<Record<string, Callable>>, random: () => number): void {
  functions['configure']!(pick(random, 1, 2, 3, 5), pick(random, 'float32', 'float32', 'bfloat16'));
  functions['limitInstructionSet']!(pick(random, 'avx512', 'avx2', 'baseline'));
}

function told(error: unknown): string | undefined {
  if (!(error instanceof Error)) return `threw ${String(error)}, no Error`;
  const { code, message, stack } = error as Error & { code?: unknown };
  if (String(code).startsWith('ERR_UNROLL') && message.startsWith('unroll: ')) return undefined;
  return isUnreadable(error) ? undefined : `threw an unknown error: ${String(stack)}`;
}

const problems = (list: readonly [what: string, where: readonly string[]][]) =>
  list.flatMap(([what, where]) => (where.length > 0 ? [`${what} ${where.join(', ')}`] : [])).join('; ') || undefined;

/**
 * A right call, twice: with other bytes around and in its results, at another alignment. It is accepted, writes all of its
 * results and nothing else, and they are the same.
 */
function rightCall(functions: Readonly<Record<string, Callable>>, name: string, seed: string): Outcome {
  const random = generator(`${seed} right`);
  configure(functions, random);
  const call = calls[name]!(randomDraw(random));
  const runs = [new Placement(call, 0x7f, 0), new Placement(call, 0xff, Math.floor(random() * 8))] as const;
  try {
    const [first, second] = runs.map((run) => functions[name]!(...run.values));
    const returned = typeof first === 'number' && !Object.is(first, second) ? ['the returned number'] : [];
    const problem = problems([
      ['wrote around', runs.flatMap((run) => run.brokenMargins())],
      ['changed', runs.flatMap((run) => run.changedInputs())],
      ['what lay there before matters for', [...runs[0].differentResults(runs[1]), ...returned]],
    ]);
    return problem === undefined ? { accepted: true } : { accepted: true, problem };
  } catch (error) {
    return { accepted: false, problem: `refused a right call: ${String(error)}` };
  }
}

/** A call that may be wrong in any way: accepted or refused with an error of our own, and nothing is written around. */
function wrongCall(functions: Readonly<Record<string, Callable>>, name: string, seed: string): Outcome {
  const random = generator(`${seed} wrong`);
  configure(functions, random);
  const call = calls[name]!(randomDraw(random));
  const placement = new Placement(call, 0x7f, 0);
  mutate({ call, values: placement.values, arrays: placement.arrays(), random });
  let accepted = true;
  let problem: string | undefined;
  try {
    functions[name]!(...placement.values);
  } catch (error) {
    accepted = false;
    problem = told(error);
  }
  problem ??= problems([['wrote around', placement.brokenMargins()]]);
  return problem === undefined ? { accepted } : { accepted, problem };
}

/** Round `round` of one function: a right call, or two that may be wrong for each right one. */
export function runRound(functions: Readonly<Record<string, Callable>>, name: string, seed: string): Outcome {
  const round = Number(seed.split(' ').at(-1));
  return (round % 3 === 0 ? rightCall : wrongCall)(functions, name, seed);
}
