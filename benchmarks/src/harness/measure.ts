import { setTimeout as sleep } from 'node:timers/promises';
import { lengthsOf } from '../lengths.js';
import type { Shape } from '../models.js';
import type { Precision, Ran, Started, Work } from './protocol.js';
import { summarise, type Summary } from './statistics.js';
import { Worker, type WorkerCommand } from './worker.js';

/** A system to measure: how its worker is started. */
export interface Peer {
  readonly name: string;
  readonly worker: WorkerCommand;
}

/** One worker to be measured, and what of. */
export interface Subject {
  readonly peer: Peer;
  readonly shape: Shape;
  readonly precision: Precision;
  readonly threads: number;
  /** what it does in each of its turns, and how often */
  readonly works: readonly { readonly work: Work; readonly count: number }[];
}

export interface MeasureOptions {
  /** turns that every subject gets */
  readonly rounds: number;
  /** for each work of a turn: no repetition begins after it, so that slow peers do fewer */
  readonly turnMs: number;
  /** told what is done now, for people */
  readonly log: (text: string) => void;
}

/** How long one piece of work took. */
export interface Timing extends Summary {
  /** median of each round, in the order they were run */
  readonly rounds: readonly number[];
}

/** What the last repetition came to, where that is told. */
export type Outcome = Omit<Ran, 'ms'>;

/** What one subject showed. */
export interface Measurement extends Outcome {
  readonly peer: string;
  readonly engine: string;
  readonly threads: number;
  readonly parameters: number;
  /** milliseconds, by work */
  readonly ms: Readonly<Partial<Record<Work, Timing>>>;
  /** largest resident memory of the process */
  readonly peakBytes: number;
}

/** Repetitions of each work before anything counts. */
const warmUp = 3;
/** A subject sits the remaining rounds out once one work has taken it so many times `turnMs` a round. */
const patience = 1.5;
/** Between two turns: the threads of the one before that wait by spinning have gone to sleep. */
const settleMs = 20;

/** One subject while it is measured. */
interface Candidate {
  readonly subject: Subject;
  readonly worker: Worker;
  readonly ms: Map<Work, number[][]>;
  started: Started;
  outcome: Outcome;
}

/**
 * Measures all subjects in turns (A B, B A, A B, …), so that whatever else the machine does meets all of them alike. Only
 * one worker computes at a time; the others wait for a request.
 *
 * @returns one measurement for each subject, in their order
 * @throws {Error} if a worker fails, or two workers' models of one shape differ in size
 */
export async function measure(subjects: readonly Subject[], options: MeasureOptions): Promise<readonly Measurement[]> {
  const candidates: Candidate[] = [];
  try {
    for (const subject of subjects) {
      options.log(`starting ${subject.peer.name}`);
      candidates.push(await start(subject));
    }
    checkSameModel(candidates);
    for (const { worker, subject } of candidates) {
      for (const { work } of subject.works) {
        await worker.ask({ request: 'run', work, count: warmUp, budgetMs: options.turnMs });
      }
    }
    for (let round = 0; round < options.rounds; round++) {
      options.log(`round ${round + 1} of ${options.rounds}`);
      const order = round % 2 === 0 ? candidates : candidates.toReversed();
      for (const candidate of order) {
        await takeTurn(candidate, options);
        await sleep(settleMs);
      }
    }
    return await Promise.all(candidates.map(conclude));
  } finally {
    await Promise.all(candidates.map(({ worker }) => worker.stop()));
  }
}

async function start(subject: Subject): Promise<Candidate> {
  const { peer, shape, precision, threads } = subject;
  const worker = new Worker(peer.name, peer.worker);
  const lengths = shape.task === 'tagger' || shape.task === 'translator' ? { lengths: lengthsOf(shape) } : {};
  const started = await worker.ask({ request: 'start', shape, precision, threads, seed: 1, ...lengths });
  return { subject, worker, started, ms: new Map(subject.works.map(({ work }) => [work, []])), outcome: {} };
}

async function takeTurn(candidate: Candidate, { turnMs, rounds }: MeasureOptions): Promise<void> {
  const { subject, worker, ms } = candidate;
  for (const { work, count } of subject.works) {
    const turns = ms.get(work)!;
    if (sum(turns.flat()) > patience * turnMs * rounds) continue;
    const { ms: times, ...outcome } = await worker.ask({ request: 'run', work, count, budgetMs: turnMs });
    turns.push([...times]);
    candidate.outcome = { ...candidate.outcome, ...outcome };
  }
}

async function conclude({ subject, worker, started, ms, outcome }: Candidate): Promise<Measurement> {
  const { peakBytes } = await worker.ask({ request: 'memory' });
  const timings = [...ms].map(([work, turns]) => [work, summariseTurns(turns)] as const);
  return {
    peer: subject.peer.name,
    ...started,
    ms: Object.fromEntries(timings),
    peakBytes,
    ...outcome,
  };
}

/** @param turns - the repetitions of each turn */
export function summariseTurns(turns: readonly (readonly number[])[]): Timing {
  return { ...summarise(turns.flat()), rounds: turns.map((turn) => summarise(turn).median) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function checkSameModel(candidates: readonly Candidate[]): void {
  const sizes = new Map<Shape, Candidate[]>();
  for (const candidate of candidates) {
    const same = sizes.get(candidate.subject.shape) ?? [];
    sizes.set(candidate.subject.shape, [...same, candidate]);
  }
  for (const same of sizes.values()) {
    if (new Set(same.map(({ started }) => started.parameters)).size === 1) continue;
    const counts = same.map(({ subject, started }) => `${subject.peer.name} has ${started.parameters}`);
    throw new Error(`the peers' models differ: ${counts.join(', ')} parameters`);
  }
}
