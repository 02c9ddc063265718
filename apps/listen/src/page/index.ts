export { evaluationPage } from './evaluation-page.js';
