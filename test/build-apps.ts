import { runNode } from './support/commands.js';

/**
 * Before the end-to-end tests: they start the command lines as users have them, which begin a second earlier than from their
 * sources. What is built already is not built again.
 */
export default async function buildApps(): Promise<void> {
  await runNode('node_modules/typescript/bin/tsc', ['-b']);
}
