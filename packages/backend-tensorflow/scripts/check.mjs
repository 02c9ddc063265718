import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupFailure } from './failure.mjs';
import { run } from './processes.mjs';

const script = fileURLToPath(new URL('check-binding.mjs', import.meta.url));

/**
 * Whether tfjs-node loads and computes.
 *
 * @returns TensorFlow's `version`, and whether it sees a `gpu`
 * @throws {SetupFailure} saying in one line why not
 */
export async function check(tfjs, signal) {
  const result = await run(process.execPath, [script, join(tfjs.folder, 'package.json')], { signal });
  const answer = parse(result.stdout);
  if (result.code !== 0 || answer === undefined)
    throw new SetupFailure(`it does not load: ${reasonOf(result)}`, result.stderr);
  if (answer.backend !== 'tensorflow' || answer.values.join() !== '19,22,43,50') {
    throw new SetupFailure(`it computes wrongly: a product of matrices gave ${answer.values.join(', ')}`);
  }
  return answer;
}

function parse(text) {
  try {
    return JSON.parse(text.trim().split('\n').at(-1));
  } catch {
    return undefined;
  }
}

function reasonOf({ code, signal, stderr }) {
  const error = /^\s*(?:Uncaught )?\w*Error: .*$|symbol lookup error: .*$/m.exec(stderr)?.[0].trim();
  return error ?? (signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`);
}
