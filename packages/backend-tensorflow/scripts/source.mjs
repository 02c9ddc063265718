import { archiveAddress } from './archive-address.mjs';
import { describeFolder } from './libtensorflow.mjs';
import { findPythonTensorFlow } from './python.mjs';

/**
 * Which TensorFlow the binding is built for: that of --libtensorflow, else Python's, else the one to download.
 *
 * @returns `title` for people, and either what `describeFolder` tells or `download`
 */
export async function chooseSource(options, tfjs, signal) {
  if (options.libtensorflow !== undefined) {
    const found = describeFolder(options.libtensorflow);
    return { title: `TensorFlow${versionOf(found)} in ${found.folder}`, ...found };
  }
  const reasons = [];
  const found = await findPythonTensorFlow(options.python, { signal, reasons });
  if (found !== undefined) {
    return { title: `TensorFlow${versionOf(found)} of ${found.python}, in ${found.folder}`, ...found };
  }
  const address = archiveAddress(tfjs);
  return { title: `TensorFlow from ${address.url} (${reasons.join('; ')})`, download: address };
}

const versionOf = ({ version }) => (version === undefined ? '' : ` ${version}`);
