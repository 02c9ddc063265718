/** Lets signals, timers and input have their turn between two steps: microseconds in Node, a timer elsewhere. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

/**
 * The same for steps that are far shorter than others can wait: a promise once `milliseconds` have passed since the last
 * one, otherwise nothing to wait for.
 */
export function breatheEvery(milliseconds: number): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < milliseconds) return undefined;
    return breathe().then(() => {
      last = performance.now();
    });
  };
}
