import { ConfigError } from '../errors.js';
import type { ParameterGroup } from './optimizer-config.js';

/** The coefficients of one parameter; see `ParameterGroup` for their meaning. */
export interface GroupSettings {
  readonly l1: number;
  readonly l2: number;
  readonly weightDecay: number;
  readonly maxNorm: number;
  readonly learningRateScale: number;
}

/**
 * The settings of each parameter: those of the first group that matches its name, else the defaults.
 *
 * @param weightDecay - the optimizer's own, for parameters whose group does not say otherwise
 * @throws {ConfigError} `config/no-such-parameter` if a group's pattern matches no name at all
 */
export function assignGroups(
  names: readonly string[],
  groups: readonly ParameterGroup[],
  weightDecay: number,
): readonly GroupSettings[] {
  const patterns = groups.map(({ match }) => globPattern(match));
  const unused = groups.find((_, i) => !names.some((name) => patterns[i]!.test(name)));
  if (unused) {
    const message = `regularization group "${unused.match}" matches no parameter; there are ${names.join(', ')}`;
    throw new ConfigError('config/no-such-parameter', message);
  }
  return names.map((name) => {
    const group = groups.find((_, i) => patterns[i]!.test(name));
    if (!group) return { l1: 0, l2: 0, weightDecay, maxNorm: 0, learningRateScale: 1 };
    const { l1, l2, maxNorm, learningRateScale } = group;
    return { l1, l2, maxNorm, learningRateScale, weightDecay: group.weightDecay ?? weightDecay };
  });
}

function globPattern(glob: string): RegExp {
  const escaped = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}
