// Where the thread that decodes sounds starts when it runs from the sources (in dist/ the bundler makes this file of
// decoder.ts); from dist/, which starts sooner, where that is made of these sources.
import { isFresh } from '../../setup/package/fresh.js';

if (isFresh()) await import('../../dist/decoder-entry.js');
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./decoder.ts');
}
