import { extname } from 'node:path';
import type { HeatMap } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { writeFileAtomically } from '@unroll/core/node';
import type { Hypothesis, Translation } from '@unroll/translation';

/** @throws {UsageError} `usage/out` for a name whose ending says nothing that can be written */
export function requirePicture(flag: string, path: string, endings: readonly string[]): void {
  if (endings.includes(extname(path).toLowerCase())) return;
  const named = endings.map((ending) => `FILE${ending}`).join(', ');
  throw new UsageError('usage/out', `${flag} writes ${named}; got ${path}`);
}

/** A token as a picture shows it: one of spaces alone would be nothing. */
export function visibleToken(token: string): string {
  return token.trim() === '' ? token.replace(/\s/g, '␣') : token;
}

/** Where each token of a translation looked; `undefined` of a model without attention. */
export function attentionMap(
  { sourceTokens }: Pick<Translation, 'sourceTokens'>,
  { tokens, finished, attention }: Pick<Hypothesis, 'tokens' | 'finished' | 'attention'>,
  title: string,
): HeatMap | undefined {
  if (!attention || attention.length === 0) return undefined;
  const rows = finished ? [...tokens, '</s>'] : tokens;
  return { title, rows: rows.map(visibleToken), columns: sourceTokens.map(visibleToken), values: attention };
}

/**
 * Writes where each token of the best translations looked: as JSON, or drawn.
 *
 * @throws {UsageError} `usage/attention` if the models have no attention
 * @throws {DataError} `file/…` if it cannot be written
 */
export async function writeAttention(path: string, translations: readonly Translation[]): Promise<void> {
  const maps = translations.flatMap((translation, i) => {
    const map = attentionMap(translation, translation.hypotheses[0]!, `${i + 1}: ${translation.hypotheses[0]!.text}`);
    return map ? [{ map, translation }] : [];
  });
  if (maps.length === 0 && translations.some(({ hypotheses }) => hypotheses[0]!.tokens.length > 0)) {
    throw new UsageError('usage/attention', 'the model has no attention to show; leave --attention out');
  }
  await writeFileAtomically(path, await contentOf(path, maps));
}

interface MappedTranslation {
  readonly map: HeatMap;
  readonly translation: Translation;
}

async function contentOf(path: string, maps: readonly MappedTranslation[]): Promise<string | Uint8Array> {
  if (path.toLowerCase().endsWith('.json')) return `${JSON.stringify(maps.map(attentionJson), null, 2)}\n`;
  const { chartPage, heatMapSvg, svgToPng } = await import('@unroll/cli/charts');
  if (path.toLowerCase().endsWith('.html')) {
    const heatMaps = maps.map(({ map, translation }, i) => ({
      name: `attention-${i + 1}`,
      caption: translation.source,
      map,
    }));
    const section = { title: 'Attention', paragraphs: [attentionWords], tables: [], pictures: [], heatMaps };
    return chartPage('Where each token looked', [section]);
  }
  const svg = heatMapSvg(maps.map(({ map }) => map));
  return path.toLowerCase().endsWith('.png') ? svgToPng(svg) : svg;
}

/** What a heat map of attention shows, for people. */
export const attentionWords =
  'Rows are tokens of the translation, columns those of the source; the stronger a cell, the more of the attention was there when the token was written.';

function attentionJson({ map, translation }: MappedTranslation): object {
  const { source, hypotheses } = translation;
  return {
    source,
    text: hypotheses[0]!.text,
    sourceTokens: translation.sourceTokens,
    tokens: hypotheses[0]!.tokens,
    attention: map.values.map((row) => Array.from(row)),
  };
}
