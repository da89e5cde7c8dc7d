// Imported by each process of a covered test, child processes and threads too: on its way out it writes which switches it
// has come by into the folder GANC_MUTATION_COVERAGE.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

const folder = process.env.GANC_MUTATION_COVERAGE;
if (folder) {
  process.on('exit', () => {
    const met = globalThis.__stryker__?.mutantCoverage?.static;
    if (met) writeFileSync(join(folder, `${process.pid}-${threadId}.json`), JSON.stringify(Object.keys(met)));
  });
}
