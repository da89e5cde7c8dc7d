// Where the thread that tries pictures starts when it runs from the sources (in dist/ the bundler makes this file of
// picture-looker.ts); from dist/, which starts sooner, where that is made of these sources.
import { isFresh } from '../../setup/package/fresh.js';

if (isFresh()) await import('../../dist/picture-entry.js');
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./picture-looker.ts');
}
