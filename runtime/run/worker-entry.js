// Where the training thread starts when it runs from the sources (in dist/ the bundler makes this file of worker.ts): a
// thread doesn't inherit the hook that lets Node read TypeScript.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
