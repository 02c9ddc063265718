/** What is wrong with a sound that can be read; `kind: explanation`, so that kinds can be counted. */
export interface SoundChecks {
  push(samples: Float32Array): void;
  warnings(): readonly string[];
}

/** A run of so many samples at full scale has been cut off there. */
const clippedRun = 3;
/** Of all samples: more than a single loud click. */
const clippedShare = 0.001;
/** −80 dB */
const silentLevel = 1e-4;

/** @param fullScale - the largest value that a sample can have */
export function createSoundChecks(fullScale: number): SoundChecks {
  let count = 0;
  let clipped = 0;
  let run = 0;
  let peak = 0;
  const endRun = () => {
    if (run >= clippedRun) clipped += run;
    run = 0;
  };
  return {
    push(samples) {
      count += samples.length;
      for (let i = 0; i < samples.length; i++) {
        const level = Math.abs(samples[i]!);
        if (level > peak) peak = level;
        if (level >= fullScale) run += 1;
        else if (run > 0) endRun();
      }
    },
    warnings() {
      endRun();
      if (count > 0 && peak < silentLevel) return ['silence: no sample is above -80 dB of full scale'];
      const share = clipped / count;
      if (!(share > clippedShare)) return [];
      return [`clipping: ${(100 * share).toFixed(1)} % of the samples are cut off at full scale`];
    },
  };
}
