/** The last so many scores, kept in order of size, so that a quantile of them is at hand. */
export class ScoreWindow {
  readonly sorted: number[];
  private readonly byTime: number[];
  private oldest = 0;

  /** @param scores - in the order of time */
  constructor(scores: readonly number[]) {
    this.byTime = [...scores];
    this.sorted = [...scores].sort((a, b) => a - b);
  }

  /** Takes a new score in and lets the oldest go. */
  push(score: number): void {
    const old = this.byTime[this.oldest]!;
    this.byTime[this.oldest] = score;
    this.oldest = (this.oldest + 1) % this.byTime.length;
    this.sorted.splice(this.placeOf(old), 1);
    this.sorted.splice(this.placeOf(score), 0, score);
  }

  /** of the first score that is not below */
  private placeOf(score: number): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle]! < score) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
