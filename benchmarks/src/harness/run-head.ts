import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describeMachine, describeRevision, type Machine } from './machine.js';

/** How the numbers of a run came about. */
export interface RunHead {
  /** ISO 8601 */
  readonly date: string;
  readonly revision: string;
  readonly command: string;
  readonly machine: Machine;
  /** by other programs, when it began */
  readonly busyCores: number;
  readonly threads: number;
}

const folder = fileURLToPath(new URL('../..', import.meta.url));

/** Describes a run that begins now, and warns on standard error when other programs compute. @param script - `pnpm bench` */
export function describeRun(script: string, threads: number): RunHead {
  const busyCores = loadavg()[0]!;
  if (busyCores > 0.5)
    console.error(`other programs keep ${busyCores.toFixed(1)} cores busy: these figures will not be fair`);
  return {
    date: new Date().toISOString(),
    revision: describeRevision(folder),
    command: [script, ...process.argv.slice(2)].join(' '),
    machine: describeMachine(),
    busyCores,
    threads,
  };
}
