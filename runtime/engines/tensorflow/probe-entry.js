// Where a probe's process starts; see probe.ts.
import { register } from 'tsx/esm/api';

register();
const { answer } = await import('./answers.ts');
const [question, argument] = process.argv.slice(2);
const told = await answer(question, argument);
// Exits at once: a driver's threads may not end by themselves.
process.send(told, () => process.exit(0));
