import type { VerbContext } from '@unroll/cli';
import { applySetting, randomKey } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import type { DecodingConfig, TranslateOptions, TranslationConfig } from '@unroll/translation';

interface DecodingFlags {
  readonly greedy?: boolean;
  readonly nBest?: number;
  readonly sample?: boolean;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly seed?: number;
}

/** What the flags of a command say about how to write, over a model's configuration. @throws {UsageError} `usage/decoding` for flags that contradict each other */
export function decodingOptions(
  context: Pick<VerbContext, 'flags' | 'settings'>,
  { seed, decoding: trained }: Pick<TranslationConfig, 'seed' | 'decoding'>,
): Pick<TranslateOptions, 'decoding' | 'nBest' | 'sampling'> {
  const flags: DecodingFlags = context.flags;
  const { decoding } = context
    .settings()
    .filter((setting) => setting.startsWith('decoding.'))
    .reduce(applySetting, {}) as { readonly decoding?: Partial<DecodingConfig> };
  requireSense(flags, decoding);
  const { nBest, sample, temperature, topK, topP } = flags;
  const asked = flags.greedy ? { ...decoding, beam: 1 } : decoding;
  return {
    decoding: withWideBeam(asked, flags, trained.beam),
    nBest,
    ...(sample && { sampling: { temperature, topK, topP, key: randomKey(flags.seed ?? seed) } }),
  };
}

/** More hypotheses than the beam holds are a wider beam, unless somebody said how wide it is. */
function withWideBeam(
  decoding: Partial<DecodingConfig> | undefined,
  { nBest = 1, sample = false }: DecodingFlags,
  beam: number,
): Partial<DecodingConfig> | undefined {
  return nBest > beam && !sample && decoding?.beam === undefined ? { ...decoding, beam: nBest } : decoding;
}

function requireSense(flags: DecodingFlags, decoding: Partial<DecodingConfig> = {}): void {
  const { greedy = false, sample = false, nBest = 1, temperature, topK, topP } = flags;
  const wide = decoding.beam !== undefined && decoding.beam > 1;
  if (greedy && wide) throw contradiction('--greedy is --beam 1; leave one of --greedy and --beam out');
  if (greedy && nBest > 1) throw contradiction('--greedy finds one translation; leave --greedy out for --n-best');
  if (greedy && sample) throw contradiction('--greedy takes the best token, --sample draws one; leave one of them out');
  if (sample && decoding.beam !== undefined) throw contradiction('--sample draws and has no beam; leave --beam out');
  const drawn = { temperature, 'top-k': topK, 'top-p': topP };
  const lonely = Object.entries(drawn).find(([, value]) => value !== undefined);
  if (lonely && !sample) throw contradiction(`--${lonely[0]} is of sampling; add --sample`);
}

function contradiction(message: string): UsageError {
  return new UsageError('usage/decoding', message);
}
