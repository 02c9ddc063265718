import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BeamNode, Hypothesis, Translation } from '@unroll/translation';
import { attentionMap, requirePicture, writeAttention } from '../attention-files.js';
import { treeSvg } from './beam-tree.js';
import { translationsHtml } from './translations.js';

const node = (id: number, parent: number | undefined, rest: Partial<BeamNode>): BeamNode => ({
  id,
  ...(parent !== undefined && { parent }),
  step: 1,
  token: 'a',
  tokenLogProbability: -0.5,
  logProbability: -1,
  score: -0.9,
  fate: 'kept',
  ...rest,
});

test('a beam tree has a column a step, the way to the best end is thick, and every token says what became of it', () => {
  const nodes = [
    node(0, undefined, { token: '<b>' }),
    node(1, undefined, { token: ' ', fate: 'pruned' }),
    node(2, 0, { step: 2, token: 'kept', logProbability: -2 }),
    node(3, 0, { step: 2, token: '</s>', logProbability: -1.5, tokenLogProbability: Math.log(0.4), fate: 'finished' }),
    node(4, 2, { step: 3, token: 'longer', logProbability: -2.5, fate: 'cut' }),
  ];
  const svg = treeSvg(nodes, -1.5);
  expect([...svg.matchAll(/<path data-id="(\d)" class="([^"]*)"/g)].map(([, id, kind]) => `${id} ${kind}`)).toEqual([
    '0 kept best',
    '1 pruned',
    '2 kept',
    '3 finished best',
    '4 cut',
  ]);
  const left = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  const [xs, ys] = [left.map(([x]) => x), left.map(([, y]) => y)];
  expect(xs[0]).toBe(xs[1]);
  expect(xs[2]).toBe(xs[3]);
  expect(xs[1]! < xs[2]! && xs[3]! < xs[4]!).toBe(true);
  expect(ys[0] === ys[2] && ys[2] === ys[4] && ys[0]! < ys[1]!).toBe(true);
  expect(svg).toContain('<g data-id="3" data-parent="0" class="finished best" tabindex="0"><title>p = 0.400, log p of all = -1.500, score -0.900, ended</title>'); // prettier-ignore
  expect(svg).toContain('style="--p:0.20"');
  expect(svg).toContain('>&lt;b&gt;</text>');
  expect(svg).toContain('>␣</text>');
});

test('a translation is marked where it differs from its reference, and what is markup in it stays text', () => {
  const sentence = {
    line: 3,
    source: 'see <i>',
    references: ['sieh das alte Boot'],
    hypothesis: 'sieh ein Boot',
    bleu: 12,
    chrf: 34.56,
    ter: 50,
  };
  const html = translationsHtml([sentence], 9);
  expect(html).toContain('The first 1 of 9.');
  expect(html).toContain('<dt>source</dt><dd dir="auto">see &lt;i&gt;</dd>');
  expect(html).toContain('<dd dir="auto">sieh <del>das alte</del> Boot</dd>');
  expect(html).toContain('<dd dir="auto">sieh <ins>ein</ins> Boot</dd>');
  expect(html).toContain('chrF 34.6 · BLEU 12.0 · TER 50.0');
});

test('a map of attention ends with </s> where the translation does, and shows spaces', () => {
  const attention = [Float32Array.of(0.25, 0.75), Float32Array.of(1, 0)];
  const source = { sourceTokens: [' ', '</s>'] };
  const whole = attentionMap(source, { tokens: ['a'], finished: true, attention }, 'title');
  const cut = attentionMap(source, { tokens: ['a', 'b'], finished: false, attention }, 'title');
  expect(whole).toEqual({ title: 'title', rows: ['a', '</s>'], columns: ['␣', '</s>'], values: attention });
  expect(cut!.rows).toEqual(['a', 'b']);
  expect(attentionMap(source, { tokens: ['a'], finished: true }, 'title')).toBeUndefined();
});

test('attention is written as JSON, drawn as SVG and PNG, and shown on a page', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-attention-'));
  const hypothesis = { tokens: ['x&y'], text: 'x&y', logProbability: -1, score: -1, finished: true };
  const attention = [Float32Array.of(0.25, 0.75), Float32Array.of(1, 0)];
  const best: Hypothesis = { ...hypothesis, tokenLogProbabilities: Float64Array.of(-0.5, -0.5), attention };
  const translation: Translation = { source: 'quelle', sourceTokens: ['quelle', '</s>'], hypotheses: [best] };
  try {
    const written: Record<string, Buffer> = {};
    for (const ending of ['json', 'svg', 'png', 'html']) {
      const path = join(folder, `look.${ending}`);
      await writeAttention(path, [translation]);
      written[ending] = readFileSync(path);
    }
    expect(JSON.parse(written['json']!.toString())).toEqual([
      {
        source: 'quelle',
        text: 'x&y',
        sourceTokens: ['quelle', '</s>'],
        tokens: ['x&y'],
        attention: attention.map((row) => [...row]),
      },
    ]);
    expect(written['svg']!.toString()).toMatch(/^<svg .*x&amp;y · quelle: 0\.250/s);
    expect(written['png']!.toString('latin1', 1, 4)).toBe('PNG');
    expect(written['html']!.toString()).toContain('<figcaption>1: x&amp;y <small>quelle</small></figcaption>');
    const without: Translation = { ...translation, hypotheses: [{ ...best, attention: [] }] };
    await expect(writeAttention(join(folder, 'none.svg'), [without])).rejects.toThrow('has no attention');
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(() => requirePicture('--attention', 'look.jpg', ['.svg', '.png'])).toThrow('--attention writes FILE.svg, FILE.png; got look.jpg'); // prettier-ignore
});
