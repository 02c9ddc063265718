// Where TensorFlow's C library lies in what people have: the archive of the C library (lib/, include/), or the folder
// `tensorflow` of a Python wheel, whose library also has the C interface.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupFailure } from './failure.mjs';

const header = join('include', 'tensorflow', 'c', 'c_api.h');

/** Of a wheel: the file that holds the C interface, the names that tfjs-node's binding.gyp links, by platform. */
const wheels = {
  linux: {
    library: 'libtensorflow_cc.so.2',
    framework: 'libtensorflow_framework.so.2',
    names: ['libtensorflow.so', 'libtensorflow_framework.so'],
  },
  darwin: {
    library: 'libtensorflow_cc.2.dylib',
    framework: 'libtensorflow_framework.2.dylib',
    names: ['libtensorflow.2.dylib', 'libtensorflow_framework.2.dylib'],
  },
};

/** Of an archive: which files of lib/ are wanted, and those without which nothing can be linked. */
const archives = {
  linux: { files: /^libtensorflow(_framework)?\.so/, needed: ['libtensorflow.so', 'libtensorflow_framework.so'] },
  darwin: { files: /^libtensorflow.*\.dylib$/, needed: ['libtensorflow.2.dylib', 'libtensorflow_framework.2.dylib'] },
  win32: { files: /^tensorflow\.(dll|lib)$/, needed: ['tensorflow.dll', 'tensorflow.lib'] },
};

/**
 * What `deps/` of tfjs-node has to hold for the TensorFlow in `folder`: links by name, each to a path, or to a name
 * beside it.
 *
 * @throws {SetupFailure} if that folder holds no TensorFlow, naming what is missing
 */
export function describeFolder(folder, platform = process.platform) {
  if (!existsSync(folder)) throw new SetupFailure(`${folder} does not exist`);
  const wheel = wheels[platform];
  const isWheel = wheel !== undefined && existsSync(join(folder, wheel.library));
  const libraries = isWheel ? wheelLinks(folder, wheel) : archiveLinks(folder, platform);
  if (!existsSync(join(folder, header))) throw new SetupFailure(`${folder} has no ${header}`);
  return {
    folder,
    kind: isWheel ? 'wheel' : 'archive',
    version: readVersion(join(folder, 'include')),
    links: { include: join(folder, 'include'), ...libraries, ...(isWheel ? cudaLinks(folder) : {}) },
  };
}

function wheelLinks(folder, { library, framework, names }) {
  if (!existsSync(join(folder, framework))) throw new SetupFailure(`${folder} has no ${framework}`);
  const links = {};
  for (const [index, file] of [library, framework].entries()) {
    links[`lib/${file}`] = join(folder, file);
    // on macOS the framework already has the name that is linked
    if (names[index] !== file) links[`lib/${names[index]}`] = file;
  }
  return links;
}

function archiveLinks(folder, platform) {
  const archive = archives[platform];
  if (archive === undefined) throw new SetupFailure(`tfjs-node does not run on ${platform}`);
  const lib = join(folder, 'lib');
  const files = existsSync(lib) ? readdirSync(lib).filter((name) => archive.files.test(name)) : [];
  const links = Object.fromEntries(files.map((name) => [`lib/${name}`, join(lib, name)]));
  for (const name of archive.needed) {
    if (files.includes(name)) continue;
    // a system's package without its files for development lacks the name that is linked
    if (!files.includes(`${name}.2`)) throw new SetupFailure(`${folder} has no lib/${name}`);
    links[`lib/${name}`] = `${name}.2`;
  }
  return links;
}

/**
 * A wheel looks for CUDA in the wheels beside it, by paths that start at its own library; that lies in `deps/lib` now,
 * so `deps/nvidia` is where it looks.
 */
function cudaLinks(folder) {
  const nvidia = join(folder, '..', 'nvidia');
  return existsSync(nvidia) ? { nvidia } : {};
}

/** From the headers; undefined where they do not say. */
function readVersion(include) {
  for (const name of ['release_version.h', 'version.h']) {
    const path = join(include, 'tensorflow', 'core', 'public', name);
    if (!existsSync(path)) continue;
    const text = readFileSync(path, 'utf8');
    const parts = ['MAJOR', 'MINOR', 'PATCH'].map((part) => new RegExp(`TF_${part}_VERSION\\s+(\\d+)`).exec(text)?.[1]);
    if (parts.every((part) => part !== undefined)) return parts.join('.');
  }
  return undefined;
}
