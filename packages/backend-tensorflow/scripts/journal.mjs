// A set-up notes in tfjs-node's folder what it is about to add and to move away, before it does: so it can be undone
// exactly, also after a crash in between.
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { SetupFailure } from './failure.mjs';

const journalName = 'unroll-setup.json';
const asideSuffix = '.before-unroll';

export const journalOf = (folder) => join(folder, journalName);

/** What of `folder` would have to make way for a set-up: the binding and the libraries that are there now. */
export function originals(tfjs) {
  const binding = `${tfjs.bindingFolder}/${tfjs.binding.split(/[\\/]/).at(-1)}`;
  return ['deps', binding].filter((path) => isThere(join(tfjs.folder, path)));
}

/** Moves everything in `tree` to the same paths below tfjs-node's folder; what is there already is moved aside. */
export function place(tree, tfjs) {
  const { folder } = tfjs;
  const moved = originals(tfjs).map((path) => ({ path, aside: `${path}${asideSuffix}` }));
  const taken = moved.find(({ aside }) => isThere(join(folder, aside)));
  if (taken !== undefined) throw new SetupFailure(`${join(folder, taken.aside)} is in the way; move it elsewhere`);
  const added = filesBelow(tree);
  writeJournal(folder, join(dirname(tree), journalName), { moved, added });
  for (const { path, aside } of moved) renameSync(join(folder, path), join(folder, aside));
  for (const path of added) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    renameSync(join(tree, path), join(folder, path));
  }
}

/** Whole or not at all: half a journal could not be undone. Fails if another set-up has written one in the meantime. */
function writeJournal(folder, draft, entries) {
  const file = openSync(draft, 'wx');
  try {
    writeFileSync(file, `${JSON.stringify(entries, null, 1)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  linkSync(draft, journalOf(folder));
}

/**
 * Removes what `place` has added and puts back what it moved aside.
 *
 * @returns false if there is nothing to undo
 */
export function undo(folder) {
  if (!existsSync(journalOf(folder))) return false;
  const { moved, added } = readJournal(folder);
  // what was never moved aside is not ours, even where its name is in the list
  const untouched = moved.filter(({ aside }) => !isThere(join(folder, aside))).map(({ path }) => path);
  for (const path of added) {
    if (untouched.some((each) => path === each || path.startsWith(`${each}/`))) continue;
    rmSync(join(folder, path), { force: true });
    removeEmptyFolders(folder, dirname(path));
  }
  for (const { path, aside } of moved) {
    if (!isThere(join(folder, aside))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    renameSync(join(folder, aside), join(folder, path));
  }
  rmSync(journalOf(folder));
  return true;
}

function readJournal(folder) {
  try {
    const { moved, added } = JSON.parse(readFileSync(journalOf(folder), 'utf8'));
    return { moved: moved.map(({ path, aside }) => ({ path, aside })), added: [...added] };
  } catch (error) {
    throw new SetupFailure(`${journalOf(folder)} cannot be read: ${error.message}`);
  }
}

/** Files and links, never what a link leads to. */
function filesBelow(root, folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
}

function removeEmptyFolders(root, path) {
  for (let each = path; each !== '.' && each !== ''; each = dirname(each)) {
    try {
      rmdirSync(join(root, each));
    } catch {
      return; // something else is in it
    }
  }
}

/** Also of a link that leads nowhere. */
function isThere(path) {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
