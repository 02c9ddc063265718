export { beamTreeSections } from './beam-tree.js';
export { evaluationPage } from './evaluation-page.js';
