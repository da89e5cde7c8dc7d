// After all tests: goldens that none of them asked for fail the run (UPDATE_GOLDEN=1 removes them). Means something only
// when every test ran and passed, so `npm test` calls it last.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { askedFolder, goldenFolder } from './before.js';

const lines = readdirSync(askedFolder).flatMap((file) =>
  readFileSync(join(askedFolder, file), 'utf8').split('\n'),
);
const asked = new Set(lines);
const there = readdirSync(goldenFolder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(goldenFolder.length + 1)
      .replaceAll('\\', '/'),
  );
const orphans = there.filter((name) => !asked.has(name));
if (process.env.UPDATE_GOLDEN === '1') orphans.forEach((name) => rmSync(join(goldenFolder, name)));
else if (orphans.length > 0) {
  console.error(
    `No test asked for these goldens; UPDATE_GOLDEN=1 npm test removes them:\n${orphans.join('\n')}`,
  );
  process.exitCode = 1;
}
