/**
 * Goldens that no test asked for. Mocha loads files in the order of their names, so this runs last; it means something
 * only when all tests ran, and stands back when one failed or when it is run alone.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { assert } from 'chai';
import { describe, it, type Suite } from 'mocha';
import { asked, goldenFolder } from './golden.ts';

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );

const failures = (suite: Suite): number =>
  suite.tests.filter((test) => test.isFailed()).length + suite.suites.reduce((sum, inner) => sum + failures(inner), 0); // prettier-ignore

describe('goldens', () => {
  it('were all asked for (UPDATE_GOLDEN=1 removes those that were not)', function () {
    if (asked.size === 0 || failures(this.test!.parent!.parent!) > 0) this.skip();
    const files = filesUnder(goldenFolder).map((path) => relative(goldenFolder, path).split(sep).join('/'));
    const orphans = files.filter((name) => !asked.has(name));
    if (process.env.UPDATE_GOLDEN === '1') orphans.forEach((name) => rmSync(join(goldenFolder, name)));
    else assert.deepEqual(orphans, []);
  });
});
