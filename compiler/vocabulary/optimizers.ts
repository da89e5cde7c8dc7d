/** All optimizers by their language names. */
import type { Optimizer } from './optimizer.ts';
import * as adaptive from './optimizers/adaptive.ts';
import * as descent from './optimizers/descent.ts';

export const optimizers = { ...descent, ...adaptive } satisfies Record<string, Optimizer>;
