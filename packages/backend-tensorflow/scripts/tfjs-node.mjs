import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative } from 'node:path';
import { packages } from './arguments.mjs';
import { SetupFailure } from './failure.mjs';

/**
 * The tfjs-node that @unroll/backend-tensorflow would load: found from this package, as the loader finds it.
 *
 * @param name - of the package; the first one that is installed if undefined
 */
export function findTfjsNode(name) {
  const require = createRequire(import.meta.url);
  for (const each of name === undefined ? packages : [name]) {
    const manifest = resolved(require, `${each}/package.json`);
    if (manifest !== undefined) return describePackage(each, manifest);
  }
  const wanted = name ?? packages.join(' nor ');
  throw new SetupFailure(
    `${name === undefined ? 'neither ' : ''}${wanted} is ${name === undefined ? '' : 'not '}installed; install it first: npm install --ignore-scripts ${name ?? packages[0]}@4.22.0`,
  );
}

function resolved(require, specifier) {
  try {
    return require.resolve(specifier);
  } catch {
    return undefined;
  }
}

function describePackage(name, manifest) {
  const folder = dirname(manifest);
  const require = createRequire(manifest);
  let binding;
  try {
    // the package asks node-pre-gyp for its binding, so nobody else may know a rule for that
    binding = require('@mapbox/node-pre-gyp').find(manifest);
  } catch (error) {
    throw new SetupFailure(`${name} is not whole: ${error.message.split('\n')[0]}; install it again`);
  }
  return {
    name,
    folder,
    require,
    version: JSON.parse(readFileSync(manifest, 'utf8')).version,
    binding,
    /** `lib/napi-v8` */
    bindingFolder: relative(folder, dirname(binding)).replaceAll('\\', '/'),
  };
}
