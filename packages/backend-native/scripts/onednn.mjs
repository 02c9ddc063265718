import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = `#include <oneapi/dnnl/dnnl.h>
#if DNNL_VERSION_MAJOR < 2 || (DNNL_VERSION_MAJOR == 2 && DNNL_VERSION_MINOR < 6)
#error "oneDNN 2.6 or later"
#endif
int main() { return dnnl_version()->major > 0 ? 0 : 1; }
`;

/** Where to look: what the user says, the compiler's own folders, then where Homebrew puts libraries. */
function candidates(env) {
  const root = env.UNROLL_ONEDNN_ROOT;
  if (root) return [root];
  return ['', '/opt/homebrew', '/usr/local'].filter((prefix) => prefix === '' || existsSync(join(prefix, 'include')));
}

/**
 * The gyp variables of an installed oneDNN, or undefined. Found by compiling and linking a program with it, because a
 * header without its library helps nobody.
 */
export function findOneDnn(compiler, env = process.env) {
  if (env.UNROLL_ONEDNN === '0') return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'unroll-onednn-'));
  try {
    writeFileSync(join(folder, 'probe.cc'), program);
    for (const prefix of candidates(env)) {
      const paths = prefix === '' ? [] : [`-I${prefix}/include`, `-L${prefix}/lib`];
      const build = (...flags) =>
        spawnSync(compiler, ['probe.cc', ...paths, '-o', 'probe', '-ldnnl', ...flags], { cwd: folder }).status === 0;
      if (!build()) continue;
      // oneDNN's own threads are usually OpenMP's; its number of threads can be set only through the same library.
      const openmp = build('-fopenmp') ? 1 : 0;
      return prefix === ''
        ? { onednn: 1, openmp }
        : { onednn: 1, openmp, onednn_include: `${prefix}/include`, onednn_lib: `${prefix}/lib` };
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
