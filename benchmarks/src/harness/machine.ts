import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';

/** What a number was measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** of those instruction sets that matter to matrix products */
  readonly instructionSets: readonly string[];
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
}

const relevantFlags = /^(avx|avx2|fma|f16c|avx512\w*|avx_vnni|amx_\w+|asimd\w*|bf16|i8mm|sve2?|sme2?)$/;

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    instructionSets: cpuFlags().filter((flag) => relevantFlags.test(flag)),
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
  };
}

/** As Linux lists them; other systems do not say. */
function cpuFlags(): readonly string[] {
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return line?.[1]?.split(' ') ?? [];
  } catch {
    return [];
  }
}

/** What a change of does not change a measurement. */
const unmeasured = [':(exclude,top)*.md', ':(exclude,top)benchmarks/results'];

/** The commit that was measured, with `-dirty` if code differed from it. @param folder - inside the repository */
export function describeRevision(folder: string): string {
  const git = (...arguments_: string[]) =>
    execFileSync('git', ['-C', folder, ...arguments_], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const dirty =
      git('status', '--porcelain', '--untracked-files=no', '--', ':/', ...unmeasured) === '' ? '' : '-dirty';
    return git('rev-parse', '--short=10', 'HEAD') + dirty;
  } catch {
    return 'unknown';
  }
}
