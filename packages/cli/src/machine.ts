import { availableParallelism, cpus, freemem, totalmem } from 'node:os';

/** What a number was measured on: names and values, as reports and `doctor` show them. */
export function describeMachine(): Record<string, string> {
  const model = cpus()[0]?.model.trim() ?? '';
  return {
    Node: `${process.version} (ABI ${process.versions.modules})`,
    system: `${process.platform} ${process.arch}`,
    processor: `${model === '' ? 'unknown' : model}, ${availableParallelism()} usable`,
    memory: `${gibibytes(totalmem())} GiB, ${gibibytes(freemem())} GiB free`,
  };
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
