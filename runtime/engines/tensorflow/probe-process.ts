/** The process of a probe (probe.ts). In: the question and its argument; out: the answer, as a message to the parent. */
import { answer } from './answers.ts';

const [question, argument] = process.argv.slice(2);
const told = await answer(question, argument);
// Exits at once: a driver's threads may not end by themselves.
process.send?.(told, () => process.exit(0));
