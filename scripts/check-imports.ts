/** Fails if a file imports what it must not, or if files load each other in a circle. The rules are in import-rules.ts. */
import { checkFile, findCycles } from './import-rules.js';
import { readSources, readWorkspace, report } from './workspace.js';

const workspace = readWorkspace();
report(
  'imports',
  workspace.flatMap((owner) => {
    const files = readSources(owner.folder);
    const circles = findCycles(files).map((cycle) => `a circle of imports: ${cycle.join(' -> ')}`);
    return [...files.flatMap((file) => checkFile(file, owner, workspace)), ...circles];
  }),
);
