import { SetupFailure } from './failure.mjs';
import { describeFolder } from './libtensorflow.mjs';
import { run } from './processes.mjs';

/** Finds the package without importing it: that would take seconds, and start TensorFlow. */
const question = `
import importlib.util, json
from importlib import metadata
spec = importlib.util.find_spec("tensorflow")
places = list(spec.submodule_search_locations or []) if spec else []
version = None
for name in ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-macos", "tensorflow-intel"):
    try:
        version = metadata.version(name)
        break
    except metadata.PackageNotFoundError:
        pass
print(json.dumps({"folder": places[0] if places else None, "version": version}))
`;

/**
 * The TensorFlow of a Python.
 *
 * @param python - asked for by name: it must have one. Undefined: what is on the PATH, if that has one
 * @returns undefined where nobody named a Python and none has TensorFlow; `reasons` collects why
 * @throws {SetupFailure}
 */
export async function findPythonTensorFlow(python, { signal, reasons }) {
  for (const command of python === undefined ? ['python3', 'python'] : [python]) {
    try {
      return await askPython(command, signal);
    } catch (error) {
      if (!(error instanceof SetupFailure) || python !== undefined) throw error;
      reasons.push(error.message);
    }
  }
  return undefined;
}

async function askPython(command, signal) {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const answer = await run(command, ['-c', question], { env, signal }).catch((error) => {
    if (signal?.aborted) throw error;
    throw new SetupFailure(`${command} does not run: ${error.code === 'ENOENT' ? 'not found' : error.message}`);
  });
  if (answer.code !== 0) {
    const last = answer.stderr.trim().split('\n').at(-1);
    throw new SetupFailure(`${command} could not be asked for tensorflow: ${last || `it ended with ${answer.code}`}`);
  }
  const { folder, version } = parse(answer.stdout, command);
  if (typeof folder !== 'string') throw new SetupFailure(`${command} has no package tensorflow`);
  const found = describeFolder(folder);
  return { ...found, version: found.version ?? version ?? undefined, python: command };
}

function parse(text, command) {
  try {
    return JSON.parse(text.trim().split('\n').at(-1));
  } catch {
    throw new SetupFailure(`${command} did not answer as a Python does`);
  }
}
