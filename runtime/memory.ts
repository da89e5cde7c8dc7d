/** How much memory there is here: the machine's, or what a container may have of it. */
import { totalmem } from 'node:os';

/** Bytes. Where no limit is known Node says 0, or a number that no machine has. */
export function memoryHere(constrained = process.constrainedMemory()): number {
  const total = totalmem();
  return constrained > 0 && constrained < total ? constrained : total;
}
