export { evaluationPage } from './evaluation-page.js';
export { withStyle } from './style.js';
export { taggedSections } from './tagged-sections.js';
