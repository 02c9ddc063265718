import type { RunHead } from '../harness/run-head.js';

/** `Measured on …: machine, threads, Node`. */
export function describeHead({ machine, date, revision, threads }: RunHead): string {
  const sets = machine.instructionSets.filter((set) => /^(avx2|avx512_bf16|avx512f|amx_bf16|asimd|bf16)$/.test(set));
  return (
    `Measured on ${date.slice(0, 10)} at revision ${revision}: ${machine.cpu} (${sets.join(', ')}), ${threads} threads, Node ` +
    machine.node.slice(1)
  );
}
