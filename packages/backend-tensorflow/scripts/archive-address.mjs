import { basename } from 'node:path';
import { SetupFailure } from './failure.mjs';

/** SHA-256 of the archives that tfjs-node 4.22 asks for, as packagers record them; of others none is known. */
const checksums = {
  'libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz': '7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173',
  'libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz': '20c46f761d5905f592c4eac0812e8e50d9cb439f9440a9391912cf4c02ed8be8',
  'libtensorflow-cpu-darwin-x86_64-2.9.1.tar.gz': '56f83d3320ba0f69aaafd6c058645e1b7fbc75fb9a3fc36d6be98de1291ca226',
  'libtensorflow-cpu-windows-x86_64-2.9.1.zip': '56fa7e84c984144311563b405bd0e565568f3cbe2c15ac4713e9c8174a02b00f',
  'libtensorflow_r2_7_linux_arm64.tar.gz': '9395d1ff39f5b6847f5121e679ff4e599dc7061a2a7f87ceac061c78e908e6e3',
  'libtensorflow_r2_7_darwin_arm64_cpu.tar.gz': '13ab22b97e2af06e431aaeb7b42fb89981965dd01aa16da035d8210aa4183d79',
};

/**
 * Where tfjs-node's own installation would download TensorFlow's C library from: the same places and the same variables
 * that name others.
 *
 * @returns `url` and, where it is known, `sha256`
 * @throws {SetupFailure} for a system that has no such archive
 */
export function archiveAddress(tfjs, { platform = process.platform, arch = process.arch, env = process.env } = {}) {
  const facts = tfjs.require('./scripts/deps-constants.js');
  if (facts.customTFLibUri !== undefined) return { url: facts.customTFLibUri };
  const host = env.TFJS_NODE_CDN_STORAGE || env.CDN_STORAGE || 'https://storage.googleapis.com/';
  const special = { 'darwin-arm64': 'darwin_arm64_cpu', 'linux-arm64': 'linux_arm64' }[`${platform}-${arch}`];
  const url =
    special === undefined
      ? `${env.TFJS_NODE_BASE_URI || `${host}tensorflow/libtensorflow/libtensorflow-`}${systemOf(tfjs, facts, { platform, arch })}`
      : `${host}tf-builds/libtensorflow_r2_7_${special}.tar.gz`;
  const sha256 = checksums[basename(url)];
  return { url, ...(sha256 === undefined ? {} : { sha256 }) };
}

function systemOf(tfjs, facts, { platform, arch }) {
  // there has never been CUDA on macOS
  const kind = tfjs.name.endsWith('-gpu') && platform !== 'darwin' ? 'gpu' : 'cpu';
  const system = `${kind}-${facts.PLATFORM_MAPPING[platform]}-${facts.ARCH_MAPPING[arch]}`;
  if (!facts.ALL_SUPPORTED_COMBINATION.includes(system)) {
    throw new SetupFailure(
      `there is no TensorFlow to download for ${platform} ${arch}; name one by --libtensorflow DIR`,
    );
  }
  return `${system}-${facts.LIBTENSORFLOW_VERSION}.${facts.PLATFORM_EXTENSION}`;
}
