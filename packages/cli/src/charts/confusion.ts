import { escapeHtml } from '../reports/escape.js';

/** Which name was taken for which. */
export interface ConfusionCounts {
  readonly names: readonly string[];
  /** `[truth, predicted]` */
  readonly counts: readonly number[];
}

/** A table: rows are what the file says, columns what was predicted; the shade is the share of the row, blue where it is right. */
export function confusionHtml({ names, counts }: ConfusionCounts): string {
  const size = names.length;
  const head = ['file ↓  predicted →', ...names].map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const rows = names.map((name, row) => {
    const cells = counts.slice(row * size, (row + 1) * size);
    const sum = cells.reduce((a, b) => a + b, 0);
    const shown = cells.map((count, column) => {
      if (count === 0) return '<td></td>';
      const share = count / sum;
      const title = `${name} predicted as ${names[column]}: ${count} of ${sum}, ${(100 * share).toFixed(1)} %`;
      // the root makes rare mistakes visible
      const shade = (0.1 + 0.65 * Math.sqrt(share)).toFixed(2);
      const kind = column === row ? '' : ' class="miss"';
      return `<td${kind} style="--a:${shade}" title="${escapeHtml(title)}">${count}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(name)}</th>${shown.join('')}</tr>`;
  });
  return `<div class="scroll"><table class="matrix"><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
