export { escapeHtml } from '../reports/escape.js';
export { darkColours, lightColours } from './colours.js';
export { confusionHtml, type ConfusionCounts } from './confusion.js';
export { drawChart, type Drawing, type DrawingOptions } from './draw.js';
export { chartSvg, heatMapSvg, rasterSvg, svgToPng } from './files.js';
export { chartFigure } from './figure.js';
export { drawRasters, rasterPng, type Raster, type RasterOptions, type TimedText } from './raster.js';
export { chartPage } from '../reports/sections.js';
export { writePage } from '../reports/write-page.js';
