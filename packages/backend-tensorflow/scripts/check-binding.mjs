// Loads tfjs-node and multiplies two matrices with it, in a process of its own: a binding that does not fit may end the
// process that loads it. Prints one line of JSON.
//
//   node check-binding.mjs /path/to/package.json
import { createRequire } from 'node:module';
import util from 'node:util';

// tfjs-node 4.22 asks for these, which Node has no more from 23 on
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

const manifest = process.argv[2];
const require = createRequire(manifest);
const tf = require(manifest.replace(/package\.json$/, ''));
const product = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 6], [7, 8]])); // prettier-ignore
const values = Array.from(product.dataSync());
const { binding } = tf.backend();
process.stdout.write(
  `${JSON.stringify({ backend: tf.getBackend(), values, version: binding.TF_Version, gpu: binding.isUsingGpuDevice() })}\n`,
);
