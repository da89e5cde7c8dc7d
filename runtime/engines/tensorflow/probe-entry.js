// Where a probe's process starts when it runs from the sources (in dist/ the bundler makes this file of probe-process.ts);
// from dist/, which starts sooner, where that is made of these sources.
import { isFresh } from '../../../setup/package/fresh.js';

if (isFresh()) await import('../../../dist/probe-entry.js');
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./probe-process.ts');
}
