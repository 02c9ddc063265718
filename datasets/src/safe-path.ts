import { join, relative, isAbsolute, sep } from 'node:path';

const longest = 200;
/** Names that Windows gives to devices, whatever their extension. */
const deviceName = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/**
 * Why `path` may not appear in a manifest, or undefined when it may. A good path stays inside the folder that it is
 * joined to and names the same file on every system: segments of letters, digits, `.`, `_`, `-`, `+` and single inner
 * spaces, joined by `/`, none of them hidden.
 */
export function pathProblem(path: string): string | undefined {
  if (path.length === 0 || path.length > longest) return `a path must have 1 to ${longest} characters`;
  for (const segment of path.split('/')) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9._+ -]*$/.test(segment)) return `${JSON.stringify(path)} is not a plain relative path`;
    if (/[. ]$/.test(segment)) return `${JSON.stringify(path)} has a name that ends in a dot or space`;
    if (deviceName.test(segment)) return `${JSON.stringify(path)} holds a device name`;
  }
  return undefined;
}

/** `folder/path`; a second line of defence behind `pathProblem`, for every path that is about to be opened. */
export function insideFolder(folder: string, path: string): string {
  const problem = pathProblem(path);
  const joined = join(folder, ...path.split('/'));
  const back = relative(folder, joined);
  if (problem !== undefined || back === '' || isAbsolute(back) || back.split(sep)[0] === '..') {
    throw new Error(`the path ${JSON.stringify(path)} leaves its folder`);
  }
  return joined;
}
