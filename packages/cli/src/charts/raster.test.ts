import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { rasterSvg, svgToPng } from './files.js';
import { drawRasters, rasterPng } from './raster.js';

/** Columns of three rows, each brighter than the one before. */
const raster = { title: 'level <dB>', values: [0, 1, 2, 3, 4, 5], rows: 3, columns: 2, height: 60 };

/** The chunks of a PNG file by name. */
function chunksOf(png: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(png);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    chunks.set(bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return chunks;
}

describe('a picture of many numbers', () => {
  test('has a pixel a number, rows upward, and shades that rise with the value', () => {
    const chunks = chunksOf(rasterPng(raster));
    const header = chunks.get('IHDR')!;
    expect([header.readUInt32BE(0), header.readUInt32BE(4)]).toEqual([2, 3]);
    // each line begins with its filter, none
    const lines = [...inflateSync(chunks.get('IDAT')!)];
    expect(lines).toEqual([0, 102, 255, 0, 51, 204, 0, 0, 153]);
    const palette = chunks.get('PLTE')!;
    const grey = Array.from({ length: 256 }, (_, i) => palette[3 * i]! + 2 * palette[3 * i + 1]! + palette[3 * i + 2]!);
    expect(grey.every((value, i) => i === 0 || value >= grey[i - 1]! - 1)).toBe(true);
  });

  test('shows what is no number, and what lies below the range, as the darkest', () => {
    const lines = inflateSync(
      chunksOf(rasterPng({ ...raster, values: [Number.NaN, -Infinity, -9, 0, 5, 99], range: [0, 10] })).get('IDAT')!,
    );
    expect([...lines]).toEqual([0, 0, 255, 0, 0, 128, 0, 0, 0]);
  });

  test('stands over an axis of seconds with words at their time', () => {
    const svg = drawRasters([raster], { seconds: 2, texts: [{ text: 'a&b', start: 0.5, end: 1 }], width: 168 });
    expect(svg).toContain('level &lt;dB&gt;');
    expect(svg).toContain('>a&amp;b</text>');
    // 100 pixels of 2 seconds from 54 on
    expect(svg).toContain('<rect x="79.0"');
    expect(svg.match(/>([\d.]+)<\/text>/g)).toHaveLength(11);
  });

  test('is a PNG file, too', () => {
    const svg = rasterSvg([raster], { seconds: 1 });
    expect(svg).not.toContain('var(--');
    expect(chunksOf(svgToPng(svg)).get('IHDR')!.readUInt32BE(0)).toBe(1520);
  });
});
