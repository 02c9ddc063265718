import type { ModelShape } from '../models.js';
import type { Precision, Started } from './protocol.js';
import { summarise, type Summary } from './statistics.js';
import { Worker, type WorkerCommand } from './worker.js';

/** A system to measure: how its worker is started. */
export interface Peer {
  readonly name: string;
  readonly worker: WorkerCommand;
}

export interface MeasureOptions {
  readonly shape: ModelShape;
  readonly precision: Precision;
  readonly threads: number;
  /** turns that every peer gets */
  readonly rounds: number;
  /** updates a turn */
  readonly steps: number;
  /** told what is done now, for people */
  readonly log: (text: string) => void;
}

/** What one peer showed for one model. */
export interface Measurement {
  readonly peer: string;
  readonly engine: string;
  readonly threads: number;
  readonly parameters: number;
  /** one training step, milliseconds */
  readonly stepMs: Summary;
  /** from the median step */
  readonly tokensPerSecond: number;
  /** one token at batch 1, milliseconds */
  readonly inferMs: Summary;
  /** process start to the first batch-1 step, milliseconds */
  readonly startMs: Summary;
  /** largest resident memory of the process, training included */
  readonly peakBytes: number;
  /** after the last step */
  readonly lossNats: number;
  /** median training step of each round, in the order they were run */
  readonly roundStepMs: readonly number[];
}

const startRounds = 3;
const warmUp = { steps: 3, tokens: 20 };
const tokensPerRound = 50;

/** One peer while it is measured. */
interface Candidate {
  readonly peer: Peer;
  readonly startMs: number[];
  readonly stepMs: number[];
  readonly roundStepMs: number[];
  readonly inferMs: number[];
  worker: Worker;
  started: Started;
  lossNats: number;
}

/**
 * Measures all peers on one model in turns (A B, B A, A B, …), so that whatever else the machine does meets all of them
 * alike. Only one worker computes at a time; the others wait for a request.
 *
 * @throws {Error} if a worker fails, or the peers' models differ in size
 */
export async function measure(peers: readonly Peer[], options: MeasureOptions): Promise<readonly Measurement[]> {
  const candidates: Candidate[] = [];
  try {
    for (const peer of peers) candidates.push(await firstStart(peer, options));
    checkSameModel(candidates);
    await restart(candidates, options);
    for (const candidate of candidates) {
      await candidate.worker.ask({ request: 'train', steps: warmUp.steps });
      await candidate.worker.ask({ request: 'infer', steps: warmUp.tokens });
    }
    for (let round = 0; round < options.rounds; round++) {
      options.log(`round ${round + 1} of ${options.rounds}`);
      const order = round % 2 === 0 ? candidates : candidates.toReversed();
      for (const candidate of order) await takeTurn(candidate, options.steps);
    }
    return await Promise.all(candidates.map((candidate) => conclude(candidate, options.shape)));
  } finally {
    await Promise.all(candidates.map(({ worker }) => worker.stop()));
  }
}

async function firstStart(peer: Peer, options: MeasureOptions): Promise<Candidate> {
  options.log(`starting ${peer.name}`);
  const worker = new Worker(peer.name, peer.worker);
  const started = await start(worker, options);
  const empty = { startMs: [], stepMs: [], roundStepMs: [], inferMs: [], lossNats: Number.NaN };
  return { peer, worker, started: started.answer, ...empty };
}

/** The first start reads files that later ones find in memory, so it is not counted; the last workers stay. */
async function restart(candidates: readonly Candidate[], options: MeasureOptions): Promise<void> {
  for (let round = 0; round < startRounds; round++) {
    for (const candidate of candidates) {
      await candidate.worker.stop();
      candidate.worker = new Worker(candidate.peer.name, candidate.peer.worker);
      candidate.startMs.push((await start(candidate.worker, options)).elapsedMs);
    }
  }
}

async function start(worker: Worker, { shape, precision, threads }: MeasureOptions) {
  const answer = await worker.ask({ request: 'start', shape, precision, threads, seed: 1 });
  return { answer, elapsedMs: performance.now() - worker.startedAt };
}

async function takeTurn(candidate: Candidate, steps: number): Promise<void> {
  const trained = await candidate.worker.ask({ request: 'train', steps });
  candidate.stepMs.push(...trained.stepMs);
  candidate.roundStepMs.push(summarise(trained.stepMs).median);
  candidate.lossNats = trained.lossNats;
  const inferred = await candidate.worker.ask({ request: 'infer', steps: tokensPerRound });
  candidate.inferMs.push(...inferred.stepMs);
}

async function conclude(candidate: Candidate, shape: ModelShape): Promise<Measurement> {
  const { peakBytes } = await candidate.worker.ask({ request: 'memory' });
  const stepMs = summarise(candidate.stepMs);
  return {
    peer: candidate.peer.name,
    ...candidate.started,
    stepMs,
    tokensPerSecond: (shape.timeSteps * shape.batchSize * 1000) / stepMs.median,
    inferMs: summarise(candidate.inferMs),
    startMs: summarise(candidate.startMs),
    peakBytes,
    lossNats: candidate.lossNats,
    roundStepMs: candidate.roundStepMs,
  };
}

function checkSameModel(candidates: readonly Candidate[]): void {
  const sizes = candidates.map(({ peer, started }) => `${peer.name} has ${started.parameters}`);
  if (new Set(candidates.map(({ started }) => started.parameters)).size > 1) {
    throw new Error(`the peers' models differ: ${sizes.join(', ')} parameters`);
  }
}
