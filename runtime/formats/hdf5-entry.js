// Where the thread that reads HDF5 files starts when it runs from the sources (in dist/ the bundler makes this file of
// hdf5-worker.ts); from dist/, which starts sooner, where that is made of these sources.
import { isFresh } from '../../setup/package/fresh.js';

if (isFresh()) await import('../../dist/hdf5-entry.js');
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./hdf5-worker.ts');
}
