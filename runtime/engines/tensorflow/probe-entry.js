// Where a probe's process starts when it runs from the sources (in dist/ the bundler makes this file of probe-process.ts).
import { register } from 'tsx/esm/api';

register();
await import('./probe-process.ts');
