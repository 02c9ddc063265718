/**
 * Makes `generated/gradients.js`: the gradients of every TensorFlow.js operator, registered by one side-effect import.
 *
 * tfjs-core's CommonJS entry registers none of them, and the ES module that does has imports without file extensions,
 * which Node cannot load. TensorFlow.js keeps its engine and registries in a global, so the operators inside this
 * bundle and those of the installed tfjs-core work on the same engine.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'generated');
await mkdir(folder, { recursive: true });
const temporary = join(folder, `gradients.${process.pid}.js`);
await build({
  stdin: {
    contents: "import '@tensorflow/tfjs-core/dist/register_all_gradients';",
    resolveDir: dirname(fileURLToPath(import.meta.url)),
  },
  outfile: temporary,
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'eof',
  logLevel: 'error',
});
await rename(temporary, join(folder, 'gradients.js'));
await writeFile(join(folder, 'gradients.d.ts'), 'export {};\n');
