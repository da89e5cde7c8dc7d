/** The most memory that this process ever held, in bytes. */
import { existsSync, readFileSync } from 'node:fs';

const status = '/proc/self/status';

/** Resident bytes at the peak, of what /proc/PID/status says (VmHWM, proc(5)); undefined of a process that has ended. */
export function peakIn(text: string): number | undefined {
  const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(text) ?? [];
  return kilobytes === undefined ? undefined : 1024 * Number(kilobytes);
}

/** On Linux what the kernel says of this program: getrusage's number begins at what the process held that started it. */
export const peakBytes = (): number =>
  (existsSync(status) ? peakIn(readFileSync(status, 'utf8')) : undefined) ??
  1024 * process.resourceUsage().maxRSS;
