const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;

/**
 * Runs `body` without anything on the console: loading tfjs-node registers TensorFlow.js' own backends and kernels a second
 * time, and TensorFlow.js warns of each; modules that it brings use what Node deprecates.
 */
export function quietly<Result>(body: () => Result): Result {
  const originals = Object.fromEntries(methods.map((method) => [method, console[method]]));
  const { noDeprecation } = process;
  for (const method of methods) console[method] = () => {};
  process.noDeprecation = true;
  try {
    return body();
  } finally {
    Object.assign(console, originals);
    Object.assign(process, { noDeprecation });
  }
}
