export { collectCurves, type Curve, type Curves } from './reports/curves.js';
export { renderMarkdown } from './reports/markdown.js';
export { formatDuration, formatNumber, spacedName, type ReportSample, type RunReport } from './reports/report.js';
export { encodeFileVersion, encodeScalarEvent, type ScalarEvent } from './reports/tensorboard.js';
