// Loads the addon in worker threads in one of several ways; worker-threads.test.ts starts it and wants it to end well.
//   node main.mjs FILE CASE
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const size = 200_000;
const numbers = Float32Array.from({ length: size }, (_, i) => Math.sin(1 + i * 1.618));

/** Something that several threads share and that leaves nothing behind in them. */
function compute(functions) {
  const y = new Float32Array(size);
  functions.unary('Tanh', numbers, y, 0, 0);
  return y.join();
}

function load(file) {
  const functions = createRequire(import.meta.url)(file);
  functions.configure(3, 'float32');
  return functions;
}

/** A worker that loads the addon, computes, says what came out and then computes on, waits, or ends. */
const start = (file, afterwards) => new Worker(new URL(import.meta.url), { argv: [file], workerData: { afterwards } });
const resultOf = (worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));

/** Of this process; where the system does not tell, always the same. */
const threadCount = () => (existsSync('/proc/self/task') ? readdirSync('/proc/self/task').length : 0);

const cases = {
  // The addon is loaded in workers alone: with the last of them Node closes the library, whose threads wait in its code.
  // It stays; otherwise they would be lost, and every new worker would get others.
  async 'ends with its only worker'(file) {
    const counts = [];
    let result = '';
    for (let i = 0; i < 4; i++) {
      const worker = start(file, 'ends');
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      result = await resultOf(worker);
      await ended;
      await delay(100);
      counts.push(threadCount());
    }
    if (counts.at(-1) > counts[0]) throw new Error(`the threads of this process after each worker: ${counts.join()}`);
    return result;
  },
  async 'is terminated while it computes'(file) {
    for (let i = 0; i < 3; i++) {
      const worker = start(file, 'computes');
      await resultOf(worker);
      await worker.terminate();
    }
    return await resultOf(start(file, 'ends'));
  },
  async 'computes in several threads at once'(file) {
    const expected = compute(load(file));
    const results = await Promise.all([0, 1, 2].map(() => resultOf(start(file, 'ends'))));
    if (results.some((result) => result !== expected)) throw new Error('other results in a worker');
    return expected;
  },
  async 'is left computing'(file) {
    const result = await resultOf(start(file, 'computes'));
    setTimeout(() => process.exit(0), 20);
    load(file);
    return result;
  },
};

if (isMainThread) {
  const [file, name] = process.argv.slice(2);
  const result = await cases[name](file);
  if (result.split(',').length !== size) throw new Error('no result');
} else {
  const functions = load(process.argv[2]);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of Node's, not a window
  parentPort.postMessage(compute(functions));
  if (workerData.afterwards === 'computes') for (;;) compute(functions);
}
