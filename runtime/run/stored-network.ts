/**
 * Networks from ONNX files. In: a path as a spec has it, and the spec's folder; out: the graph, which tensors there are, and
 * their bytes for the program that holds the network. A run that has begun keeps the network that it began with: graph and
 * weights lie in one file of its own, and that is asked in the place of what lies at the path by now.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Manifest } from '../../program/manifest.ts';
import type { OnnxGraph } from '../../program/onnx-graph.ts';
import type { StoredNetwork } from '../../program/stored.ts';
import { refusal } from '../data/allowed.ts';
import { onDisk } from '../disk.ts';
import { FileError } from '../formats/file-error.ts';
import { readOnnx } from '../formats/onnx.ts';
import { requireRoom } from '../formats/room.ts';
import { readSafetensors, writeSafetensors, type NamedTensor } from '../formats/safetensors.ts';
import { digest } from './sealed.ts';

export interface FoundNetwork extends StoredNetwork {
  readonly graph: OnnxGraph;
  /** These tensors and the graph as the bytes of a safetensors file. */
  take(names: readonly string[]): Uint8Array;
}

/** Where a program's file of weights has the graph that they belong to. */
const graphKey = 'onnx';
/** What the format can hold at all: protobuf counts bytes to here. */
const largest = 2 ** 31;

/** null: nothing is there. Throws FileError or DiskError, each with a sentence. */
export function storedNetwork(path: string, folder: string): FoundNetwork | null {
  const why = refusal(path, folder);
  if (why !== null) throw new FileError(path, null, why);
  const place = resolve(folder, path);
  if (!existsSync(place)) return null;
  const about = onDisk(place, () => statSync(place));
  if (!about.isFile()) throw new FileError(path, null, 'it is no file');
  if (about.size > largest) throw new FileError(path, null, 'it is larger than an ONNX file can be (2 GB)');
  // The bytes, and the tensors that are made of them.
  requireRoom(2 * about.size, path);
  const bytes = new Uint8Array(onDisk(place, () => readFileSync(place)));
  const { graph, tensors } = readOnnx(bytes, path);
  return found(digest(bytes), graph, tensors);
}

const found = (hash: string, graph: OnnxGraph, tensors: ReadonlyMap<string, NamedTensor>): FoundNetwork => ({
  hash,
  graph,
  tensors: Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape])),
  take: (names) =>
    writeSafetensors(
      names.map((name) => [name, tensors.get(name)!] as const),
      { [graphKey]: JSON.stringify(graph) },
    ),
});

/** What a program that was made already holds for a path; undefined where it names none such. */
export function heldNetwork(
  { networkFiles = [] }: Manifest,
  folder: string,
  path: string,
): FoundNetwork | undefined {
  const held = networkFiles.find((one) => one.path === path);
  if (held === undefined) return undefined;
  const file = join(folder, held.file);
  const { tensors, metadata } = readSafetensors(new Uint8Array(onDisk(file, () => readFileSync(file))), file);
  const text = Object.hasOwn(metadata, graphKey) ? metadata[graphKey] : undefined;
  if (text === undefined) throw new FileError(file, 'header', `it lacks the graph of ${path}`);
  return found(held.hash, JSON.parse(text) as OnnxGraph, tensors);
}
