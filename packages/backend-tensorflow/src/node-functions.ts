import util from 'node:util';

/** tfjs-node 4.22 calls these, and Node has them no more from 23 on. Where Node has them, they stay as they are. */
export function restoreNodeFunctions(): void {
  const functions = util as { isNullOrUndefined?: unknown; isArray?: unknown };
  functions.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  functions.isArray ??= Array.isArray;
}
