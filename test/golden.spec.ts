/**
 * Goldens that no test asked for fail the run (UPDATE_GOLDEN=1 removes them). Looked for after all tests, whatever
 * order their files came in; means something only when all of them ran, so a part of the suite or a failure ends it.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { assert } from 'chai';
import { after, type Suite } from 'mocha';
import { asked, goldenFolder } from './golden.ts';

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );

/** Spec files that hold tests: with fewer than stand in test/, only a part was asked for. */
const filesOf = (suite: Suite): string[] => [...suite.tests.flatMap(({ file }) => file ?? []), ...suite.suites.flatMap(filesOf)]; // prettier-ignore
const unfinished = (suite: Suite): boolean =>
  suite.tests.some((test) => test.state !== 'passed' && !test.isPending()) || suite.suites.some(unfinished);

/** Those here that may add goldens. */
const specs = filesUnder(join(goldenFolder, '..')).filter((path) => path.endsWith('.spec.ts'));

after('goldens that no test asked for', function () {
  const root = this.test!.parent!;
  if (new Set(filesOf(root)).size < specs.length - 1 || asked.size === 0 || unfinished(root)) return;
  const names = filesUnder(goldenFolder).map((path) => relative(goldenFolder, path).split(sep).join('/'));
  const orphans = names.filter((name) => !asked.has(name));
  if (process.env.UPDATE_GOLDEN === '1') orphans.forEach((name) => rmSync(join(goldenFolder, name)));
  else assert.deepEqual(orphans, []);
});
