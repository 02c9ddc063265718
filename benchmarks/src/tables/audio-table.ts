import type { AudioResult } from '../harness/bench-result.js';
import { audioFigures } from '../measures/audio.js';
import { formatTable } from './markdown.js';
import { describeHead } from './measured-on.js';

/** Features, CTC and recognition of sound: a row a figure and peer. */
export function formatAudioTable(result: AudioResult | undefined): string {
  if (result === undefined) return 'Nothing has been measured yet.';
  const rows = audioFigures(result.audio).map(({ what, bar, peer, measured, speedup }) => [
    what,
    bar || '–',
    peer,
    measured,
    speedup === undefined ? '–' : `${speedup.toFixed(2)}×`,
  ]);
  const { features, ctc, recognizer } = result.audio;
  const measurements = [features, ctc, recognizer].flatMap((comparison) => comparison.measurements);
  const engines = new Set(measurements.map(({ engine }) => engine));
  const header = ['what', 'bar', 'peer', 'measured', 'unroll faster'];
  return `${formatTable([header, ...rows])}\n\n${describeHead(result)}; ${[...engines].join('; ')}.`;
}
