/**
 * Whether dist/ is made from the sources as they are now. In: dist/build.json and the sources beside it; out: dist/ made
 * anew where it wasn't. Looks at sizes and times first (a millisecond or two), at contents only where those differ:
 * a checkout touches files without changing them.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const recordName = 'build.json';
const recordPath = join(root, 'dist', recordName);

/** What build.js wrote: { inputs, fingerprint, hash, outputs }; null where nothing was built. */
export function readRecord() {
  try {
    return JSON.parse(readFileSync(recordPath, 'utf8'));
  } catch {
    return null;
  }
}

/** Sizes and times of files, in one text. */
export function fingerprint(inputs) {
  return inputs
    .map((path) => {
      const found = statSync(root + path, { throwIfNoEntry: false });
      return found === undefined ? 'none' : `${found.size}:${found.mtimeMs}`;
    })
    .join(' ');
}

/** A hash of the contents of files. */
export function hashOf(inputs) {
  const hash = createHash('sha256');
  for (const path of inputs)
    hash.update(path).update(existsSync(join(root, path)) ? readFileSync(join(root, path)) : '');
  return hash.digest('hex');
}

/** Whether dist/ is made of the sources as they are, by sizes and times alone. */
export function isFresh() {
  const record = readRecord();
  return record !== null && record.fingerprint === fingerprint(record.inputs);
}

/** Makes dist/ anew if the sources changed; `say` gets one line then. Without esbuild, what is there stays. */
export async function freshen(say) {
  const record = readRecord();
  const now = record && fingerprint(record.inputs);
  if (record && record.fingerprint === now) return;
  if (record && record.hash === hashOf(record.inputs)) {
    writeFileSync(recordPath, JSON.stringify({ ...record, fingerprint: now }, null, 1) + '\n');
    return;
  }
  if (!existsSync(join(root, 'node_modules', 'esbuild'))) {
    if (record) return;
    throw new Error('dist/ is not built, and esbuild is not installed: run `npm ci`, then `npm run build`');
  }
  const begun = performance.now();
  const { buildScripts } = await import('./build.js');
  await buildScripts();
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  say(`${record ? 'sources changed: ' : ''}built dist/ in ${seconds} s`);
}
