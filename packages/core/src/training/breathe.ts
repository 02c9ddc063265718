/** Lets signals, timers and input have their turn between two steps: microseconds in Node, a timer elsewhere. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
