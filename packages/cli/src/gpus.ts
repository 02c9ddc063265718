import { spawnSync } from 'node:child_process';

/** A GPU of this machine, as its driver's own tool tells. */
export interface Gpu {
  readonly name: string;
  readonly totalMiB: number;
  readonly freeMiB: number;
}

/** NVIDIA's GPUs, which are those that TensorFlow uses on Linux and Windows; none where `nvidia-smi` does not run. */
export function findGpus(): readonly Gpu[] {
  const query = ['--query-gpu=name,memory.total,memory.free', '--format=csv,noheader,nounits'];
  const { status, stdout } = spawnSync('nvidia-smi', query, { encoding: 'utf8', timeout: 10_000 });
  if (status !== 0) return [];
  return stdout
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [name = '', total, free] = line.split(',').map((cell) => cell.trim());
      return name === '' ? [] : [{ name, totalMiB: Number(total), freeMiB: Number(free) }];
    });
}
