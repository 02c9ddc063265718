import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emptyAddon, link, makePackage, realFolder, write } from './made-up-package.js';

const require = createRequire(import.meta.url);
const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A tfjs-node that compiles in a second, multiplies as it should, and needs no TensorFlow. */
const files = {
  'dist/index.js': `
require('../lib/napi-v8/tfjs_binding.node');
exports.tensor2d = (rows) => rows;
exports.matMul = (a, b) => ({
  dataSync: () => a.flatMap((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0))),
});
exports.getBackend = () => 'tensorflow';
exports.backend = () => ({ binding: { TF_Version: '2.99.1', isUsingGpuDevice: () => false } });
`,
  'binding/empty.c': emptyAddon,
  'binding.gyp': JSON.stringify({
    targets: [
      { target_name: 'tfjs_binding', sources: ['binding/empty.c'] },
      {
        target_name: 'action_after_build',
        type: 'none',
        dependencies: ['<(module_name)'],
        copies: [{ files: ['<(PRODUCT_DIR)/<(module_name).node'], destination: '<(module_path)' }],
      },
    ],
  }),
};

function installMadeUp(folder: string): string {
  const place = makePackage(folder, '@tensorflow/tfjs-node', files);
  cpSync(join(realFolder, 'scripts/deps-constants.js'), join(place, 'scripts/deps-constants.js'));
  return place;
}

/** A project that has unroll's TensorFlow engine and a tfjs-node installed. */
export class SetupWorkplace {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'unroll-setup-')));
  /** tfjs-node's folder */
  readonly tfjs: string;
  readonly script: string;

  /** @param install - puts a tfjs-node into `node_modules` of a folder; a made-up one unless given */
  constructor(install: (folder: string) => string = installMadeUp) {
    const engine = join(this.folder, 'node_modules/@unroll/backend-tensorflow');
    cpSync(scripts, join(engine, 'scripts'), { recursive: true });
    this.script = join(engine, 'scripts/setup.mjs');
    link(dirname(require.resolve('node-gyp/package.json')), join(this.folder, 'node_modules/node-gyp'));
    this.tfjs = install(this.folder);
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  write(path: string, text: string, mode = 0o644): string {
    write(this.path(path), text);
    chmodSync(this.path(path), mode);
    return this.path(path);
  }

  /** A folder that looks as TensorFlow's C library does. */
  makeArchive(folder = 'libtensorflow'): string {
    for (const name of [
      'libtensorflow.so',
      'libtensorflow.so.2',
      'libtensorflow_framework.so',
      'libtensorflow_framework.so.2',
    ])
      this.write(`${folder}/lib/${name}`, name);
    this.write(`${folder}/include/tensorflow/c/c_api.h`, '');
    return this.path(folder);
  }

  /** A folder that looks as the package of a Python wheel does. */
  makeWheel(folder = 'site-packages/tensorflow'): string {
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) this.write(`${folder}/${name}`, name);
    this.write(`${folder}/include/tensorflow/c/c_api.h`, '');
    const version = '#define TF_MAJOR_VERSION 2\n#define TF_MINOR_VERSION 98\n#define TF_PATCH_VERSION 7\n';
    this.write(`${folder}/include/tensorflow/core/public/release_version.h`, version);
    return this.path(folder);
  }

  /** Runs the set-up to its end. @param stopAfter - text on its output after which it gets SIGINT */
  setup(args: readonly string[], { env = {}, stopAfter = '' } = {}): Promise<Finished> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [this.script, ...args], {
        cwd: this.folder,
        env: { ...process.env, NODE_PATH: '', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        if (stopAfter !== '' && stdout.includes(stopAfter)) setTimeout(() => child.kill('SIGINT'), 500);
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  /** Everything in tfjs-node's folder but its dependencies: files with their contents, links with their targets. */
  snapshot(folder = ''): Record<string, string> {
    const found: Record<string, string> = {};
    if (!existsSync(join(this.tfjs, folder))) return found;
    for (const entry of readdirSync(join(this.tfjs, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (path === 'node_modules') continue;
      if (entry.isDirectory()) Object.assign(found, { [`${path}/`]: 'folder' }, this.snapshot(path));
      else if (entry.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(this.tfjs, path))}`;
      else found[path] = readFileSync(join(this.tfjs, path), 'latin1');
    }
    return found;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
