/** How a model file (unpacked.ts) is known: by its first bytes, whatever it is called. In: a path; out: whether it is one. */
import { statSync } from 'node:fs';
import { inFile, type Bytes } from '../formats/file-bytes.ts';

/** What its name ends in by custom. */
export const modelEnding = '.ganc';
/** Its first member. */
export const noteName = 'model.json';

/** Whether the file begins as one that `ganc export --to ganc` wrote. */
export const isModelFile = (file: string): boolean =>
  statSync(file, { throwIfNoEntry: false })?.isFile() === true &&
  inFile(file, (bytes) => startsAsModel(bytes));

const signature = [0x50, 0x4b, 0x03, 0x04];

export function startsAsModel(bytes: Bytes): boolean {
  const [start, name] = [bytes.slice(0, 4), bytes.slice(30, 30 + noteName.length)];
  return signature.every((byte, i) => start[i] === byte) && Buffer.from(name).toString('latin1') === noteName;
}
