export { expectClose, tolerances, type Numbers, type Tolerance } from './expect-close.js';
