import { createRequire } from 'node:module';
import type { Chart, HeatMap } from '@unroll/core';
import { Resvg } from '@resvg/resvg-js';
import { inLight } from './colours.js';
import { drawChart, type DrawingOptions } from './draw.js';
import { drawHeatMaps } from './heat-map.js';
import { drawRasters, type Raster, type RasterOptions } from './raster.js';

/** A chart as the content of an SVG file, in the colours of a light page; `undefined` where there is nothing to draw. */
export function chartSvg(chart: Chart, options: DrawingOptions = {}): string | undefined {
  const drawing = drawChart(chart, options);
  if (drawing === undefined) return undefined;
  return `${inLight(drawing.svg.replace('fill="none"></rect>', 'fill="#ffffff"></rect>'))}\n`;
}

/** Heat maps one below the other as the content of an SVG file, in the colours of a light page. */
export function heatMapSvg(maps: readonly HeatMap[]): string {
  return `${inLight(drawHeatMaps(maps))}\n`;
}

/** Pictures over one axis of time as the content of an SVG file, in the colours of a light page. */
export function rasterSvg(rasters: readonly Raster[], options: RasterOptions): string {
  return `${inLight(drawRasters(rasters, options))}\n`;
}

/** Such a drawing as a PNG image, twice as many pixels each way. Its letters are DejaVu Sans, whatever the machine has installed. */
export function svgToPng(svg: string): Uint8Array {
  const { resolve } = createRequire(import.meta.url);
  const fontFiles = ['DejaVuSans', 'DejaVuSans-Bold'].map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' };
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 }, background: '#ffffff', font }).render().asPng();
}
