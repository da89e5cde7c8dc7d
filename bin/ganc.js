#!/usr/bin/env node
// The command, run from its TypeScript sources.
import { register } from 'tsx/esm/api';

register();
await import('../cli/main.ts');
