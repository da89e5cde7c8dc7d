/** A folder for one test file's runs, gone when its tests are over. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function scratch(): { path(name: string): string } {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return { path: (name) => join(folder, name) };
}
