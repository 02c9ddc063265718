import { describe, expect, test } from 'vitest';
import { huesOf, sentencesHtml, type ShownSentence } from './sentences.js';

const sentence: ShownSentence = {
  line: 7,
  tokens: ['Ann', '<b>Lee</b>', 'saw', 'Rome', '.'],
  tags: ['B-PER', 'I-PER', 'O', 'B-LOC', 'O'],
  gold: ['B-PER', 'I-PER', 'O', 'B-ORG', 'O'],
  probabilities: [0.97, 0.96, 0.99, 0.61, 1],
  spans: [
    { type: 'LOC', start: 3, end: 4, probability: 0.6 },
    { type: 'PER', start: 0, end: 2, probability: 0.953 },
  ],
  shares: [[0.5, 0.25, 0.25, 0, 0], [], [], [], []].map((row) => Float64Array.from(row)),
};

describe('sentences in colour', () => {
  const hues = huesOf(['PER', 'LOC']);
  const html = sentencesHtml([sentence], hues);

  test('spans stand around their words, in order, with type and confidence', () => {
    const shape = html
      .match(/<p class="sentence".*<\/p>(?=<\/div>)/s)![0]
      .replace(/<(\w+)[^>]*?( class="([^"]*)")?[^>]*>/g, '<$1>');
    expect(shape.replace(/<\/?(span|p|i|small)>/g, '')).toContain('7Ann &lt;b&gt;Lee&lt;/b&gt;PER saw RomeLOC .');
    expect(html).toContain('--p:0.95" title="PER, 95 % sure"');
    expect(html).toContain(`class="span unsure" style="--h:${hues.get('LOC')};--p:0.60"`);
  });

  test('a wrong tag says what the file has, a right one does not', () => {
    expect(html.match(/class="token wrong"/g)).toHaveLength(1);
    expect(html).toContain('title="B-LOC · p = 0.610 · the file says B-ORG"');
  });

  test('a word that is not text stays text, and shares are whole percentages', () => {
    expect(html).not.toContain('<b>');
    expect(html).toContain('data-a="50 25 25 0 0"');
  });
});
