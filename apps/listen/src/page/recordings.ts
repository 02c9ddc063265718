import { escapeHtml } from '@unroll/cli/charts';
import { readSound, showAlignment, type Recognition, type Recording } from '@unroll/audio-recognition';
import { answerOf, type Evaluation } from '../evaluation.js';
import { rankedClasses } from '../result-lines.js';
import type { EvaluationPageOptions } from './evaluation-page.js';
import { recordingFigure } from './recording-figure.js';
import { soundPlayer } from './sound-player.js';

/** Recordings on a page: errors first, then some that are right; and the bytes that all their sounds and pictures may have. */
const shown = { errors: 16, right: 4, bytes: 12e6 };

const style = `<style>
.recording { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 14px 18px; margin: 0 0 16px; }
.recording h3 { font-size: 14px; margin: 0 0 6px; overflow-wrap: anywhere; } .recording .is { font-weight: 600; } .recording .wrong { color: var(--s1); font-weight: 600; }
.recording audio { display: block; width: 100%; max-width: 480px; height: 34px; margin: 8px 0; } .recording pre { margin: 8px 0; } .recording svg { max-width: 760px; }
</style>`;

/** Recordings to look at and to listen to: what they are, what the model made of them, the sound, its spectrogram, p(symbol) over time. */
export async function recordingsHtml(evaluation: Evaluation, options: EvaluationPageOptions): Promise<string> {
  const { classes, transcripts, recordings } = evaluation;
  const wrong = (transcripts?.errors ?? classes?.errors ?? []).map(({ name }) => name).slice(0, shown.errors);
  const isWrong = new Set((transcripts?.errors ?? classes?.errors ?? []).map(({ name }) => name));
  const complete = (transcripts?.errorCount ?? classes?.errorCount ?? 0) <= isWrong.size;
  const right = complete
    ? spread(
        [...recordings.keys()].filter((name) => !isWrong.has(name)),
        shown.right,
      )
    : [];
  const names = [...wrong, ...right];
  const parts: string[] = [];
  let bytes = 0;
  const chosen = names.map((name) => recordings.get(name)!);
  const recognize = { ...options.recognize, times: true, posteriors: true, nBest: 1 };
  for await (const recognition of options.recognizer.recognize(chosen, recognize)) {
    const recording = chosen[parts.length]!;
    const html = await recordingHtml({ recording, recognition, evaluation }, options, bytes < shown.bytes);
    bytes += html.length;
    parts.push(html);
  }
  const about = `<p>${aboutShown(wrong.length, right.length)} Sounds play where they are not too long for a page.</p>`;
  return `${style}${about}${parts.join('\n')}`;
}

function aboutShown(wrong: number, right: number): string {
  if (wrong === 0) return 'Some that are right.';
  return right > 0 ? 'The worst errors, then some that are right.' : 'The worst errors.';
}

/** So many of them, from the first to the last. */
function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

interface ShownRecording {
  readonly recording: Recording;
  readonly recognition: Recognition;
  readonly evaluation: Evaluation;
}

async function recordingHtml(
  { recording, recognition, evaluation }: ShownRecording,
  { model }: EvaluationPageOptions,
  withPictures: boolean,
): Promise<string> {
  const { config, facts } = model;
  const { sound } = await readSound(recording, {
    sampleRate: facts.sampleRate,
    channel: config.data.channel,
    trimDecibels: config.data.trimDecibels,
    trimMarginSeconds: config.data.trimMarginSeconds,
  });
  const title = `<h3>${escapeHtml(recording.name)}</h3>`;
  const pictures = withPictures ? `${soundPlayer(sound)}${recordingFigure(sound, recognition, model)}` : '';
  return `<div class="recording">${title}${answerHtml({ recording, recognition, evaluation }, model)}${pictures}</div>`;
}

function answerHtml(
  { recording, recognition, evaluation }: ShownRecording,
  model: EvaluationPageOptions['model'],
): string {
  const { config, facts } = model;
  const gold = answerOf(recording, config.task)!;
  if (config.task === 'transcribe') {
    const error = evaluation.transcripts!.errors.find(({ name }) => name === recording.name);
    const said = recognition.transcripts?.[0]?.text ?? '';
    return error
      ? `<pre>${escapeHtml(showAlignment(error.alignment))}</pre>`
      : `<p><span class="is">${escapeHtml(said)}</span></p>`;
  }
  const [best, ...others] = rankedClasses(recognition, facts).slice(0, 3);
  const isRight = best!.name === gold;
  const called = `called <span class="${isRight ? 'is' : 'wrong'}">${escapeHtml(best!.name)}</span> (p = ${best!.value.toFixed(3)})`;
  const next = others.map(({ name, value }) => `${escapeHtml(name)} ${value.toFixed(3)}`).join(', ');
  const is = isRight ? '' : `is <span class="is">${escapeHtml(gold)}</span>, `;
  return `<p>${is}${called} <span class="soft">then ${next}</span></p>`;
}
