/** Fails if a task package lacks a file of the common shape, or has one that no other would have. */
import { relative } from 'node:path';
import { kindOf } from './import-rules.js';
import { checkTaskShape } from './task-shape.js';
import { listFiles, readWorkspace, report } from './workspace.js';

const tasks = readWorkspace().filter(({ folder }) => kindOf(folder) === 'task');
report(
  `shape of ${tasks.length} task packages`,
  tasks.flatMap(({ folder }) => {
    const files = listFiles(folder).map((path) => relative(folder, path));
    return checkTaskShape(folder.replace('packages/', ''), files);
  }),
);
