/** A Markdown table with aligned columns; the first row is its head. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...[head, ...body].map((cells) => cells[column]!.length)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body]
    .map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`)
    .join('\n');
}

/**
 * A page with the table between its two marks replaced. The marks are comments: `<!-- NAME: … -->` and `<!-- end of NAME -->`.
 *
 * @throws {Error} if the marks are not there
 */
export function replaceTable(page: string, name: string, table: string): string {
  const begin = new RegExp(`<!-- ${name}:.*? -->`).exec(page);
  const end = page.indexOf(`<!-- end of ${name} -->`);
  if (begin === null || end < begin.index)
    throw new Error(`the page needs <!-- ${name}: … -->, then <!-- end of ${name} -->`);
  return `${page.slice(0, begin.index + begin[0].length)}\n\n${table}\n\n${page.slice(end)}`;
}
