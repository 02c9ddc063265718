import { expect, test } from 'vitest';
import { confusionHtml } from './confusion.js';

test('of a confusion matrix rows are what the file says, and every count says what it is', () => {
  const html = confusionHtml({ names: ['A', 'B<'], counts: [9, 1, 0, 4] });
  expect(html).toContain('<td class="miss" style="--a:0.31" title="A predicted as B&lt;: 1 of 10, 10.0 %">1</td>');
  expect(html.match(/<td/g)).toHaveLength(4);
  expect(html.match(/<td><\/td>/g)).toHaveLength(1);
});
