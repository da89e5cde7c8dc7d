/**
 * Weights from elsewhere while a program runs: its own files of weights, and the tensors of the state that a phase begins
 * with anew. In: a program's folder, a phase; out: tensors, and the state with them in their places.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StartEntry } from '../../program/stored.ts';
import { onDisk } from '../disk.ts';
import type { State, Tensor, Tensors } from '../engines/engine.ts';
import { readSafetensors } from '../formats/safetensors.ts';

/** A tensor of one of the program's files of weights. */
export type StoredTensors = (file: string, name: string) => Tensor;

/** Those in a program's folder. Throws DiskError or FileError. */
export const storedIn = (folder: string): StoredTensors =>
  storedFrom((file) => {
    const path = join(folder, file);
    return new Uint8Array(onDisk(path, () => readFileSync(path)));
  });

/** Those of files whose bytes `bytesOf` gives; each is read once, when it is first wanted. */
export function storedFrom(bytesOf: (file: string) => Uint8Array): StoredTensors {
  const read = new Map<string, ReadonlyMap<string, unknown>>();
  return (file, name) => {
    const tensors = read.get(file) ?? readSafetensors(bytesOf(file), file).tensors;
    read.set(file, tensors);
    const tensor = tensors.get(name) as Tensor | undefined;
    if (tensor === undefined) throw new Error(`${file} lacks ${name}, which the program names`);
    return tensor;
  };
}

/** For programs that start with nothing from elsewhere. */
export const nothingStored: StoredTensors = (file) => {
  throw new Error(`no folder is known that holds ${file}`);
};

/** One after another, so that a later one may copy what an earlier one was given. */
export async function startPhase(
  starts: readonly StartEntry[],
  state: Pick<State, 'read' | 'load'>,
  stored: StoredTensors,
): Promise<void> {
  const copied = starts.flatMap(({ from }) => (from.kind === 'copy' ? [from.of] : []));
  const known: Record<string, Tensor> = { ...(await state.read(copied)) };
  const made: Record<string, Tensor> = {};
  for (const { state: name, from } of starts)
    made[name] = from.kind === 'stored' ? stored(from.file, from.of) : (made[from.of] ?? known[from.of]);
  await state.load(made as Tensors);
}
