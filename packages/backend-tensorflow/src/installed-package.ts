import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { firstLine, missing } from './load-failure.js';
import type { Missing } from './state.js';

/** A tfjs-node that has its native part. */
export interface InstalledPackage {
  readonly name: string;
  readonly folder: string;
  /** file of the native part */
  readonly binding: string;
}

/**
 * Finds a package as a module in `from` would, without running it.
 *
 * @returns undefined if it is not installed
 */
export function findPackage(name: string, from: string): InstalledPackage | Missing | undefined {
  const manifest = resolveManifest(name, from);
  if (manifest === undefined) return undefined;
  try {
    // tfjs-node asks node-pre-gyp for the place of its binding; so nobody else has to know the rule
    const places = createRequire(manifest)('@mapbox/node-pre-gyp') as { find(manifest: string): string };
    const binding = places.find(manifest);
    if (!existsSync(binding)) return missing('no-binding', `${name} is installed without its native part`);
    return { name, folder: dirname(manifest), binding: realpathSync(binding) };
  } catch (error) {
    return missing('broken', `${name} is not whole: ${firstLine(error)}`);
  }
}

function resolveManifest(name: string, from: string): string | undefined {
  try {
    return createRequire(join(from, 'package.json')).resolve(`${name}/package.json`);
  } catch {
    return undefined;
  }
}

/** The file of TensorFlow's library that a binding was linked to, where tfjs-node's own rules put it; its links are followed. */
export function findLibrary({ folder, binding }: InstalledPackage): string {
  for (const place of [join(folder, 'deps', 'lib'), dirname(binding)]) {
    if (!existsSync(place)) continue;
    const names = readdirSync(place).filter((name) => /^(libtensorflow(_cc)?\.|tensorflow\.dll$)/.test(name));
    const path = names.map((name) => join(place, name)).find(existsSync);
    if (path !== undefined) return realpathSync(path);
  }
  return 'found by the system';
}
