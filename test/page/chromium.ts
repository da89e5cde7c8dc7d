/** Pages in a real browser: headless Chromium, where this machine has one. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

export const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
];

/** The elements of a page (a file, or an address) after its scripts ran, as HTML. */
export async function loaded(place: string): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'ganc-chromium-'));
  const options = [`--user-data-dir=${profile}`, '--virtual-time-budget=3000', '--dump-dom'];
  try {
    // Not waited for by standing still: a server of the test's may have to answer the page.
    const { stdout } = await promisify(execFile)(
      chromium!,
      [...flags, ...options, place.startsWith('http://') ? place : pathToFileURL(place).href],
      {
        maxBuffer: 1 << 28,
        timeout: 100_000,
      },
    );
    return stdout;
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
