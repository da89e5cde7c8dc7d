/**
 * Golden outputs: text that a stage printed, kept beside the tests and reviewed like code.
 * `golden(name, text)` compares with test/golden/<name>; UPDATE_GOLDEN=1 rewrites (never in CI). A missing golden
 * fails and prints what it would hold; test/orphans.js, the last step of `npm test`, fails on files
 * that no test asked for.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';

export const goldenFolder = join(dirname(fileURLToPath(import.meta.url)), 'golden');

/** Where test/orphans.js reads which goldens were asked for, by all processes that run tests. */
const askedFile = join(goldenFolder, '..', '..', '.cache', 'goldens', String(process.pid));

/** Compares `text` with the golden called `name` (a path with an extension, '/' between folders). */
export function golden(name: string, text: string): void {
  mkdirSync(dirname(askedFile), { recursive: true });
  appendFileSync(askedFile, `${name}\n`);
  const path = join(goldenFolder, ...name.split('/'));
  const wanted = text.endsWith('\n') ? text : text + '\n';
  if (process.env.UPDATE_GOLDEN === '1') {
    assert(!process.env.CI, 'UPDATE_GOLDEN is for people: CI never rewrites goldens');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted);
    return;
  }
  assert(existsSync(path), `no golden ${name}; with UPDATE_GOLDEN=1 it would hold:\n${wanted}`);
  assert.equal(
    wanted,
    readFileSync(path, 'utf8'),
    `golden ${name} differs; UPDATE_GOLDEN=1 accepts the change`,
  );
}
