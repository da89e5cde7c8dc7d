/** The most memory that this process ever held, in bytes. */
import { existsSync, readFileSync } from 'node:fs';

const status = '/proc/self/status';

/**
 * Resident bytes at the peak. On Linux what the kernel says of this program (VmHWM, proc(5)): getrusage's number begins at what the
 * process held that started it.
 */
export function peakBytes(): number {
  const [, kilobytes] = existsSync(status)
    ? (/VmHWM:\s*(\d+) kB/.exec(readFileSync(status, 'utf8')) ?? [])
    : [];
  return 1024 * Number(kilobytes ?? process.resourceUsage().maxRSS);
}
