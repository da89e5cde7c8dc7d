/** At the end of a run: the names of all tests that were not run, since a machine without an engine passes without them. */
import { stripVTControlCharacters } from 'node:util';
import { after } from 'mocha';
import type { Suite } from 'mocha';

/** Full titles, in the order of the files. */
export function skippedIn(suite: Suite): string[] {
  const own = suite.tests.filter((test) => test.isPending()).map((test) => test.fullTitle());
  return [...own, ...suite.suites.flatMap(skippedIn)];
}

// Outside of any `describe`: after the last test of the last file.
after(function () {
  const root = this.test!.parent!;
  const names = skippedIn(root).map(stripVTControlCharacters);
  if (names.length === 0) return;
  process.stdout.write(
    `\n\n  ${names.length} tests were skipped:\n${names.map((name) => `    ${name}\n`).join('')}`,
  );
});
