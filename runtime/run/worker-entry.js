// Where the training thread starts when it runs from the sources (in dist/ the bundler makes this file of worker.ts): a
// thread doesn't inherit the hook that lets Node read TypeScript. Where dist/ is made of these sources it starts there, in
// a tenth of the time.
import { isFresh } from '../../setup/package/fresh.js';

if (isFresh()) await import('../../dist/worker-entry.js');
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./worker.ts');
}
