import { escapeHtml } from '@unroll/cli/charts';
import type { Confusion } from '@unroll/sequence-tagging';

/** Rows are what the file says, columns what was predicted; the shade is the share of the row, blue where it is right. */
export function confusionHtml({ tags, counts }: Confusion): string {
  const size = tags.length;
  const head = ['file ↓  predicted →', ...tags].map((tag) => `<th scope="col">${escapeHtml(tag)}</th>`).join('');
  const rows = tags.map((tag, row) => {
    const cells = counts.slice(row * size, (row + 1) * size);
    const sum = cells.reduce((a, b) => a + b, 0);
    const shown = cells.map((count, column) => {
      if (count === 0) return '<td></td>';
      const share = count / sum;
      const title = `${tag} predicted as ${tags[column]}: ${count} of ${sum}, ${(100 * share).toFixed(1)} %`;
      // the root makes rare mistakes visible
      const shade = (0.1 + 0.65 * Math.sqrt(share)).toFixed(2);
      const kind = column === row ? '' : ' class="miss"';
      return `<td${kind} style="--a:${shade}" title="${escapeHtml(title)}">${count}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(tag)}</th>${shown.join('')}</tr>`;
  });
  return `<div class="scroll"><table class="matrix"><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
