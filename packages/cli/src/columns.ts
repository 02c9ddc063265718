/** Lines of aligned columns, indented by two spaces. @param rightFrom - this column and those after it end flush */
export function columns(rows: readonly (readonly string[])[], rightFrom: number): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? [];
  const align = (cell: string, column: number) =>
    column < rightFrom ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return rows.map((row) => `  ${row.map(align).join('  ').trimEnd()}\n`).join('');
}
