import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from './failure.mjs';

export const usage = `Gives tfjs-node its native part, built for a TensorFlow that is on this machine.

  unroll-tensorflow-setup [options]            in a clone of unroll: pnpm run tensorflow:setup [options]

TensorFlow is taken from --libtensorflow, else from Python's package tensorflow, else it is downloaded.

  --libtensorflow DIR   a folder with lib/ and include/, as TensorFlow's C library comes, or the folder tensorflow of a Python wheel
  --python PATH         a Python that has tensorflow (default: python3, then python)
  --package NAME        @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node (default: the first of them that is installed)
  --timeout SECONDS     for everything together (default: 1800)
  --dry-run             say what would be done, and do nothing
  --undo                remove what an earlier set-up added, and put back what it moved away
  --help

Exit codes: 0 done, 1 failed, 2 used wrongly.
`;

export const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

const options = {
  libtensorflow: { type: 'string' },
  python: { type: 'string' },
  package: { type: 'string' },
  timeout: { type: 'string', default: '1800' },
  'dry-run': { type: 'boolean', default: false },
  undo: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** @throws {UsageError} */
export function readArguments(argv) {
  const values = parse(argv);
  const timeoutMs = Number(values.timeout) * 1000;
  // Timers count in 32 bits; a longer wait would end at once.
  if (!(timeoutMs >= 1 && timeoutMs < 2 ** 31)) {
    throw new UsageError(`--timeout must be a number of seconds from 0.001 to 2147483, got ${String(values.timeout)}`);
  }
  if (values.libtensorflow !== undefined && values.python !== undefined) {
    throw new UsageError('--libtensorflow and --python both name a TensorFlow; leave one of them out');
  }
  if (values.undo && (values.libtensorflow ?? values.python) !== undefined) {
    throw new UsageError('--undo takes no --libtensorflow and no --python');
  }
  return {
    libtensorflow: values.libtensorflow === undefined ? undefined : resolve(values.libtensorflow),
    python: values.python,
    package: packageName(values.package),
    timeoutMs,
    dryRun: values['dry-run'],
    undo: values.undo,
    help: values.help,
  };
}

function parse(argv) {
  try {
    const { values } = parseArgs({ args: argv, options, strict: true });
    const empty = Object.keys(values).find((name) => values[name] === '');
    if (empty !== undefined) throw new Error(`--${empty} has an empty value`);
    return values;
  } catch (error) {
    // The first sentence says what is wrong; the rest is about programming with parseArgs.
    throw new UsageError(error.message.split(/\.\s|\n/)[0].replace(/\.$/, ''));
  }
}

function packageName(text) {
  if (text === undefined) return undefined;
  const name = text.startsWith('@') ? text : `@tensorflow/${text}`;
  if (packages.includes(name)) return name;
  throw new UsageError(`--package must be ${packages.join(' or ')}, got ${text}`);
}
