import { formatDuration, formatNumber, tokenUnits, type ReportUnits, type TrainingEvent } from '@unroll/core';
import type { Output } from './output.js';

/** How often the bar moves, and how often a line is printed where there is no terminal, in milliseconds. */
const redrawMs = 100;
const plainLineMs = 10_000;
/** Loss and speed shown are means over about so many milliseconds: single steps jump. */
const smoothingMs = 3000;

/** Shows a training run on standard error: a bar that moves on a terminal, else a line now and then. */
export class Progress {
  readonly #output: Output;
  readonly #clock: () => number;
  readonly #items: string;
  #totalSteps = 0;
  #firstStep = 0;
  #startedMs = 0;
  #shownMs = -Infinity;
  #lastStepMs = 0;
  #loss = Number.NaN;
  #tokensPerMs = Number.NaN;

  constructor(output: Output, clock: () => number, { items }: ReportUnits = tokenUnits) {
    this.#output = output;
    this.#clock = clock;
    this.#items = items;
  }

  handle(event: TrainingEvent, scoreName: string): void {
    switch (event.type) {
      case 'started':
        this.#totalSteps = event.totalSteps;
        this.#firstStep = event.step;
        this.#startedMs = this.#lastStepMs = this.#clock();
        break;
      case 'step':
        this.#handleStep(event);
        break;
      case 'evaluation': {
        const score = event.scores[scoreName];
        const shown = score === undefined ? '' : `, ${scoreName} ${formatNumber(score)}`;
        const mark = event.best ? ' (best so far)' : '';
        this.line(`step ${event.step}: validation loss ${event.scores.loss.toFixed(4)}${shown}${mark}`);
        this.#lastStepMs = this.#clock();
        break;
      }
      case 'epoch':
        this.line(`epoch ${event.epoch + 1} done: training loss ${event.loss.toFixed(4)}`);
        break;
      case 'checkpoint':
        this.#lastStepMs = this.#clock();
        break;
      case 'stopped':
        this.#output.overwrite('');
        break;
    }
  }

  /** Prints a line above the bar. */
  line(text: string): void {
    this.#output.overwrite('');
    this.#output.log(text);
  }

  #handleStep(event: Extract<TrainingEvent, { type: 'step' }>): void {
    const now = this.#clock();
    const elapsedMs = Math.max(now - this.#lastStepMs, 1e-3);
    this.#lastStepMs = now;
    const weight = Number.isNaN(this.#loss) ? 1 : Math.min(1, elapsedMs / smoothingMs);
    this.#loss = mix(this.#loss, event.loss, weight);
    this.#tokensPerMs = mix(this.#tokensPerMs, event.tokens / elapsedMs, weight);
    const interval = this.#output.interactive ? redrawMs : plainLineMs;
    if (now - this.#shownMs < interval) return;
    this.#shownMs = now;
    const text = this.#describe(event.step, event.learningRate);
    if (this.#output.interactive) this.#output.overwrite(this.#bar(event.step, text));
    else this.#output.log(`step ${event.step}/${this.#totalSteps}: ${text}`);
  }

  #describe(step: number, learningRate: number): string {
    const perSecond = `${formatNumber(Math.round(this.#tokensPerMs * 1000))} ${this.#items}/s`;
    const done = step - this.#firstStep;
    const leftSeconds = ((this.#clock() - this.#startedMs) / done / 1000) * (this.#totalSteps - step);
    return `loss ${this.#loss.toFixed(4)}  lr ${formatNumber(learningRate)}  ${perSecond}  ${formatDuration(leftSeconds)} left`;
  }

  #bar(step: number, text: string): string {
    const counter = ` ${step}/${this.#totalSteps}  ${text}`;
    const width = Math.min(30, this.#output.columns - counter.length - 1);
    if (width < 5) return counter.slice(1, this.#output.columns);
    const filled = Math.round((step / this.#totalSteps) * width);
    return `${'━'.repeat(filled)}${'─'.repeat(width - filled)}${counter}`;
  }
}

function mix(previous: number, next: number, weight: number): number {
  return Number.isNaN(previous) ? next : previous + weight * (next - previous);
}
