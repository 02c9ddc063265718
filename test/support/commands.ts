import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a program to its end. @throws {Error} with all that it printed if it fails */
export async function run(command: string, flags: readonly string[], cwd = root): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, flags, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${flags.join(' ')} failed in ${cwd}:\n${stdout}\n${stderr}`, { cause: error }));
    });
  });
}

/** A script of a package that the root depends on, with the Node that runs this. */
export async function runNode(script: string, flags: readonly string[], cwd = root): Promise<string> {
  return run(process.execPath, [script, ...flags], cwd);
}

/** pnpm as the README calls it, wherever the tests were started from. */
export async function pnpm(flags: readonly string[], cwd = root): Promise<string> {
  return run('npx', ['-y', 'pnpm@12', ...flags], cwd);
}
