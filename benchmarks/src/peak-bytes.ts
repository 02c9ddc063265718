import { existsSync, readFileSync } from 'node:fs';

/** The most memory that this process has held. `maxRSS` counts that of the process that started it, too; Linux tells its own. */
export function peakBytes(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Number(kibibytes) * 1024;
}
