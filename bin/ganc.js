#!/usr/bin/env node
// The command. What runs is dist/; in a clone, which has the sources too, it is made anew first if they changed.
import { existsSync } from 'node:fs';

const clone = new URL('../setup/package/fresh.js', import.meta.url);
if (existsSync(clone)) {
  const { freshen } = await import(clone.href);
  try {
    await freshen((line) => process.stderr.write(`ganc: ${line}\n`));
  } catch (error) {
    process.stderr.write(`error: ${error.message}\n`);
    process.exit(2);
  }
}
await import('../dist/start.js');
