// Before any test: dist/ is what `bin/ganc.js`, `import 'ganc'`, built programs and training threads run, so it is made of
// these sources; and what goldens the last run asked for is forgotten.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freshen, root } from '../setup/package/fresh.js';

// Tests that load onnxruntime by themselves tell its maker as little as ganc does.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

export const goldenFolder = join(root, 'test', 'golden');

/** A file for each process that asked for goldens: their names, one a line. */
export const askedFolder = join(root, '.cache', 'goldens');

export async function mochaGlobalSetup() {
  rmSync(askedFolder, { recursive: true, force: true });
  mkdirSync(askedFolder, { recursive: true });
  await freshen((line) => console.error(line));
}
