/**
 * A trained run in one file, which `ganc export --to ganc` writes (model-file.ts): a zip archive with a run directory's files, as far
 * as sampling needs them. In: the file; out: a folder for the while that is a run directory. The file is a stranger's: it is
 * believed once its seal fits, its names are those of a run's files, and what it says that it holds has room here.
 *
 *   model.json                                which format, and whose iteration
 *   run.json, spec.gan, metrics.jsonl         as in a run directory
 *   program/                                  manifest.json, ONNX graphs and kernels of reports, files of weights
 *   checkpoints/step-N/                       the one checkpoint
 *
 * The archive's comment is the seal: the SHA-256 of all bytes before it. Nothing in it is code that a program of another
 * target would run: those are compiled from the spec.
 */
import { createHash } from 'node:crypto';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeFolders, onDisk } from '../disk.ts';
import { FileError } from '../formats/file-error.ts';
import { inFile, type Bytes } from '../formats/file-bytes.ts';
import { requireRoom } from '../formats/room.ts';
import { memberBytes, zipMembers, type Member } from '../formats/zip.ts';
import { temporaryFolder } from '../temporary.ts';
import { modelNoteProblem, runInfoProblem } from './checked.ts';
import { noteName, startsAsModel } from './model-start.ts';
import { seal, unseal } from './sealed.ts';

/** model.json. */
export interface ModelNote {
  readonly kind: 'ganc model';
  readonly format: 1;
  /** The version that wrote it. */
  readonly ganc: string;
  /** Of the checkpoint. */
  readonly iteration: number;
}

/** The seal's digits. */
export const sealLength = 64;

const [first, after] = ['[\\p{L}\\p{N}_]', '[\\p{L}\\p{N}_.-]*'];
const segment = first + after;
const names = new RegExp(
  `^(?:model\\.json|run\\.json|spec\\.gan|metrics\\.jsonl|program/manifest\\.json|program/(?:${segment}/)*${segment}\\.(?:onnx|wasm|safetensors)|checkpoints/step-\\d{8,15}/(?:state\\.safetensors|checkpoint\\.json))$`,
  'u',
);

/** Each is unpacked once in a process. */
const folders = new Map<string, string>();

/** The run directory that the file is unpacked to. Throws FileError or DiskError. */
export function unpacked(file: string): string {
  const { size, mtimeMs } = onDisk(file, () => statSync(file));
  const key = JSON.stringify([resolve(file), size, mtimeMs]);
  const known = folders.get(key);
  if (known !== undefined && existsSync(known)) return known;
  const folder = inFile(file, (bytes) => unpack(bytes, file));
  folders.set(key, folder);
  return folder;
}

function unpack(bytes: Bytes, file: string): string {
  if (!startsAsModel(bytes))
    throw new FileError(
      file,
      null,
      'it is neither a run directory nor a file that `ganc export --to ganc` wrote',
    );
  requireSeal(bytes, file);
  const members = membersOf(bytes, file);
  const contents = (name: string): Uint8Array => memberBytes(bytes, memberCalled(members, name, file), file);
  requireNote(contents(noteName), file);
  const folder = temporaryFolder('model');
  for (const { name } of members) {
    const place = join(folder, name);
    const held = name === 'run.json' ? placed(contents(name), file) : contents(name);
    onDisk(place, () => {
      makeFolders(dirname(place));
      writeFileSync(place, held);
    });
  }
  return folder;
}

/** Hashed in pieces of this many bytes. */
const piece = 2 ** 24;

function requireSeal(bytes: Bytes, file: string): void {
  const end = Math.max(0, bytes.length - sealLength);
  const hash = createHash('sha256');
  for (let at = 0; at < end; at += piece) hash.update(bytes.slice(at, Math.min(at + piece, end)));
  const found = Buffer.from(bytes.slice(end, bytes.length)).toString('latin1');
  if (found !== hash.digest('hex'))
    throw new FileError(
      file,
      null,
      'it is damaged, cut, or was changed by hand: its checksum is not that of its content',
    );
}

/** All of them, once their names and sizes can be what they say. */
function membersOf(bytes: Bytes, file: string): readonly Member[] {
  const members = zipMembers(bytes, file);
  const seen = new Set<string>();
  for (const { name } of members) {
    if (!names.test(name)) throw new FileError(file, null, `it holds ${name}, which is no file of a run`);
    if (seen.has(name.toLowerCase())) throw new FileError(file, null, `it holds ${name} twice`);
    seen.add(name.toLowerCase());
  }
  requireRoom(
    members.reduce((sum, { size }) => sum + size, 0),
    file,
  );
  return members;
}

function memberCalled(members: readonly Member[], name: string, file: string): Member {
  const found = members.find((one) => one.name === name);
  if (found === undefined) throw new FileError(file, null, `it lacks ${name}`);
  return found;
}

function requireNote(bytes: Uint8Array, file: string): void {
  const read = unseal(bytes);
  if ('problem' in read) throw new FileError(file, noteName, read.problem);
  const { format } = read.value as { readonly format?: unknown };
  if (typeof format === 'number' && format > 1)
    throw new FileError(file, null, `it was written by a later version of ganc (format ${format})`);
  const problem = modelNoteProblem(read.value);
  if (problem !== null) throw new FileError(file, noteName, `it is not a model's: ${problem}`);
}

/** run.json with the folder that paths of the spec are taken from: that of the file. */
function placed(bytes: Uint8Array, file: string): string {
  const read = unseal(bytes);
  const problem = 'problem' in read ? read.problem : runInfoProblem(read.value);
  if ('problem' in read || problem !== null)
    throw new FileError(file, 'run.json', `it is not a run's: ${problem ?? ''}`);
  return seal({ ...read.value, folder: dirname(resolve(file)) });
}
