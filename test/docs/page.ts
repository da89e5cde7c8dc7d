/**
 * Pages of docs/ that are printed from the code's own tables. Like a golden, but where people read it:
 * UPDATE_GOLDEN=1 rewrites the page (never in CI), otherwise it must be what the tables say.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Compares `text` with the file at `path`, relative to the repository. */
export function page(path: string, text: string): void {
  const file = join(root, path);
  if (process.env.UPDATE_GOLDEN === '1') {
    assert(!process.env.CI, 'UPDATE_GOLDEN is for people: CI never rewrites pages');
    writeFileSync(file, text);
    return;
  }
  const found = existsSync(file) ? readFileSync(file, 'utf8') : '';
  assert.equal(found, text, `${path} is not what the code says; UPDATE_GOLDEN=1 rewrites it`);
}

/** A cell of a Markdown table: one line, no bars. */
export const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
