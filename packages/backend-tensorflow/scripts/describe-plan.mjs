import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gypArguments } from './build.mjs';
import { journalOf, originals } from './journal.mjs';

/** What a set-up would do, step by step, for --dry-run. */
export function describePlan(tfjs, source) {
  const steps = [
    ...(source.download === undefined ? linkSteps(source) : downloadSteps(source.download)),
    `compile binding/ for ${tfjs.bindingFolder}: node-gyp ${gypArguments(tfjs).join(' ')}`,
    ...(existsSync(journalOf(tfjs.folder))
      ? ['undo the earlier set-up']
      : originals(tfjs).map((path) => `move ${path} to ${path}.before-unroll`)),
    `add deps and ${tfjs.bindingFolder}, and ${journalOf('')}, which lists what was added`,
    'load it in a process of its own and multiply two matrices; if that fails, undo all of this',
  ];
  const title = `Would build the native part of ${tfjs.name} ${tfjs.version} for ${source.title},\nin ${tfjs.folder}:`;
  return `${title}\n${steps.map((step) => `  ${step}\n`).join('')}Nothing was changed.\n`;
}

function linkSteps({ links }) {
  return Object.entries(links).map(([name, target]) => `link ${join('deps', name)} to ${target}`);
}

function downloadSteps({ url, sha256 }) {
  return [`download ${url}${sha256 === undefined ? '' : `, whose SHA-256 must be ${sha256}`}`, 'unpack it into deps'];
}
