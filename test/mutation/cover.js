// Imported by each process of a covered test, child processes and threads too: on its way out it writes which switches it
// has come by into the folder GANC_MUTATION_COVERAGE: those of each test (each.js says which one runs), and those that no
// one test can be told for.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

const folder = process.env.GANC_MUTATION_COVERAGE;
if (folder) {
  process.on('exit', () => {
    const { mutantCoverage, seconds = {} } = globalThis.__stryker__ ?? {};
    const met = Object.keys(mutantCoverage?.static ?? {});
    const tests = Object.entries(mutantCoverage?.perTest ?? {}).map(([title, ids]) => [
      title,
      Object.keys(ids),
    ]);
    // A child process is its test's.
    const parent = process.env.GANC_MUTATION_TEST;
    const facts =
      parent === undefined || mutantCoverage === undefined || met.length === 0
        ? { met, tests, seconds }
        : { met: [], tests: [...tests, [parent, met]], seconds };
    writeFileSync(join(folder, `${process.pid}-${threadId}.json`), JSON.stringify(facts));
  });
}
