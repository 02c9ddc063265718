export { escapeHtml } from '../reports/escape.js';
export { darkColours, lightColours } from './colours.js';
export { drawChart, type Drawing, type DrawingOptions } from './draw.js';
export { chartSvg, heatMapSvg, svgToPng } from './files.js';
export { chartFigure } from './figure.js';
export { chartPage } from '../reports/sections.js';
export { writePage } from '../reports/write-page.js';
