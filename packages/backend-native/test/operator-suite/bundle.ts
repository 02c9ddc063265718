import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const core = '@tensorflow/tfjs-core/dist';

/** Sets the backend up and then loads tfjs-core's own specs, which come inside its npm package. */
const entry = `
import './test/operator-suite/set-up.mjs';
import '${core}/tests';
`;

/**
 * One CommonJS file of tfjs-core, its specs and this backend; plain Node could not load the specs' extensionless imports.
 *
 * @returns its path, in a folder that git ignores
 */
export async function bundleOperatorSuite(): Promise<string> {
  const outfile = join(packageRoot, 'build', 'operator-suite', 'suite.cjs');
  const nativeSource = join(packageRoot, 'src', 'native.ts');
  await build({
    stdin: { contents: entry, resolveDir: packageRoot, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    conditions: ['unroll-source'],
    // Otherwise tree shaking drops the specs, which their package calls free of side effects.
    ignoreAnnotations: true,
    // native.ts looks for the binary beside itself.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(nativeSource).href) },
    logLevel: 'error',
  });
  return outfile;
}

/** jasmine, found from here: the bundle lies where no package is. */
export const jasminePath = createRequire(import.meta.url).resolve('jasmine');
