// Where the training thread starts: a thread doesn't inherit the hook that lets Node read TypeScript.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
