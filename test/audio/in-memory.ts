/** A source that had nothing to pack, and so was open at once. */
import type { OpenSource } from '../../runtime/data/source.ts';

export function inMemory(opened: OpenSource | Promise<OpenSource>): OpenSource {
  if (opened instanceof Promise) throw new Error('it is packed');
  return opened;
}
