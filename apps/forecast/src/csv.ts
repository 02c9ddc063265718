/** One line of CSV; quoted where a cell could be read as something else. */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => (typeof cell === 'number' ? numberText(cell) : quoted(cell))).join(',')}\n`;
}

/** Ten digits, more than any forecast means; nothing for what is not known. */
function numberText(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(10))) : '';
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
