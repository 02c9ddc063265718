import { mkdirSync } from 'node:fs';
import { posix } from 'node:path';
import { SetupFailure } from './failure.mjs';

/** TensorFlow with its headers has about one. */
const mostBytes = 16 * 2 ** 30;
const types = ['File', 'OldFile', 'ContiguousFile', 'Directory', 'SymbolicLink', 'Link'];

/**
 * Unpacks an archive of TensorFlow's C library into a new folder, with the readers that tfjs-node brings. Every member
 * is looked at before the first one is written.
 *
 * @param require - of tfjs-node
 * @throws {SetupFailure} if a member would lie outside of the folder, or the archive is none
 */
export async function unpack({ file, folder, require, name }) {
  mkdirSync(folder);
  try {
    if (name.endsWith('.zip')) unpackZip(new (require('adm-zip'))(file), folder);
    else await unpackTar(require('tar'), { file, folder });
  } catch (error) {
    if (error instanceof SetupFailure) throw error;
    throw new SetupFailure(`${name} cannot be unpacked: ${error.message}`);
  }
}

async function unpackTar(tar, { file, folder }) {
  const problems = [];
  let bytes = 0;
  const look = (entry) => {
    bytes += entry.size;
    problems.push(...problemOf(entry));
  };
  await tar.t({ file, strict: true, preservePaths: true, onentry: look });
  refuse(problems, bytes);
  await tar.x({ file, cwd: folder, strict: true, preserveOwner: false });
}

function unpackZip(archive, folder) {
  const entries = archive.getEntries();
  const problems = entries.flatMap(({ entryName }) => problemOf({ path: entryName, type: 'File' }));
  refuse(
    problems,
    entries.reduce((sum, { header }) => sum + header.size, 0),
  );
  archive.extractAllTo(folder);
}

function refuse([problem], bytes) {
  if (problem !== undefined) throw new SetupFailure(`the archive is refused: ${problem}`);
  if (bytes > mostBytes) throw new SetupFailure(`the archive is refused: it unpacks to ${bytes} bytes`);
}

function problemOf({ path, type, linkpath }) {
  if (!types.includes(type)) return [`${path} is a ${type}`];
  if (leaves(path)) return [`its member ${path} lies outside of the folder`];
  // a symbolic link starts where it lies, a hard link at the root of the archive
  if (type === 'SymbolicLink' && leaves(posix.join(posix.dirname(path), linkpath), linkpath))
    return [outside(path, linkpath)];
  if (type === 'Link' && leaves(linkpath)) return [outside(path, linkpath)];
  return [];
}

const outside = (path, target) => `its link ${path} leads outside of the folder, to ${target}`;

function leaves(path, original = path) {
  if (/^([a-z]:|[/\\])/i.test(original)) return true;
  return posix.normalize(path.replaceAll('\\', '/')).split('/')[0] === '..';
}
