// Calls every function of the addon with random arguments, right and wrong, in a process of its own:
//
//   UNROLL_FUZZ_SECONDS=60 UNROLL_FUZZ_SEED=7 pnpm --filter @unroll/backend-native run fuzz
//   UNROLL_FUZZ_CALL="7 matmul 812" pnpm --filter @unroll/backend-native run fuzz      that call alone
//
// Before each call its name is written to the file UNROLL_FUZZ_PROGRESS, so that who started a process that died knows
// which call it was. At the end one line of JSON: how many calls were accepted and refused.
import { openSync, writeSync } from 'node:fs';
import { nativeFunctions } from '../../src/native.js';
import { runRound, type Callable } from './rounds.js';

const { UNROLL_FUZZ_SECONDS = '8', UNROLL_FUZZ_SEED = '1', UNROLL_FUZZ_CALL, UNROLL_FUZZ_PROGRESS } = process.env;
const functions = nativeFunctions() as unknown as Record<string, Callable>;
const progress = UNROLL_FUZZ_PROGRESS === undefined ? undefined : openSync(UNROLL_FUZZ_PROGRESS, 'w');
const counts = { accepted: {} as Record<string, number>, refused: {} as Record<string, number> };
/** A call that takes longer computes more than its arrays hold. */
const slowMs = 5000;

function run(seed: string): void {
  const name = seed.split(' ')[1]!;
  if (progress !== undefined) writeSync(progress, `${seed}\n`.padEnd(80), 0);
  const begin = performance.now();
  const { accepted, problem } = runRound(functions, name, seed);
  const elapsedMs = performance.now() - begin;
  const slow = elapsedMs > slowMs ? `took ${Math.round(elapsedMs)} ms` : undefined;
  const count = counts[accepted ? 'accepted' : 'refused'];
  count[name] = (count[name] ?? 0) + 1;
  if (problem === undefined && slow === undefined) return;
  process.stderr.write(`${problem ?? slow}; again by UNROLL_FUZZ_CALL="${seed}"\n`);
  process.exit(1);
}

async function runAll(): Promise<void> {
  const end = performance.now() + 1000 * Number(UNROLL_FUZZ_SECONDS);
  for (let round = 0; performance.now() < end; round++) {
    for (const name of Object.keys(functions)) run(`${UNROLL_FUZZ_SEED} ${name} ${round}`);
    // What the garbage collector found is released between turns of the event loop alone.
    await new Promise(setImmediate);
  }
}

if (UNROLL_FUZZ_CALL === undefined) await runAll();
else run(UNROLL_FUZZ_CALL);
process.stdout.write(`${JSON.stringify(counts)}\n`);
