import { concatenate } from '../audio/resample.js';

/** The frames of a stream that somebody still looks at, by their number from the beginning. */
export class FrameWindow {
  readonly width: number;
  /** frames that came so far */
  count = 0;
  private first = 0;
  private values = new Float32Array(0);

  constructor(width: number) {
    this.width = width;
  }

  append(frames: Float32Array): void {
    this.values = concatenate([this.values, frames]);
    this.count += frames.length / this.width;
  }

  /** Where frame `t` begins in `data`. */
  at(t: number): number {
    return (t - this.first) * this.width;
  }

  get data(): Float32Array {
    return this.values;
  }

  /** Frames before `t` are asked for no more. */
  dropBefore(t: number): void {
    if (t <= this.first) return;
    this.values = this.values.slice(this.at(Math.min(t, this.count)));
    this.first = Math.min(t, this.count);
  }
}
