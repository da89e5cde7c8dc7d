/**
 * Picture files as rows: the arguments that say what pictures are made (size, channels, fit), one picture made so, and
 * what is odd about many. Images and pairs read their files so.
 */
import { relative } from 'node:path';
import type { ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { brokenFiles, FileError, mostBroken } from '../formats/file-error.ts';
import { endings, pictureHeader, startsPicture } from '../formats/picture-header.ts';
import type { PictureHeader } from '../formats/picture-header.ts';
import type { Raster } from '../formats/png.ts';
import type { Allowance } from './allowed.ts';
import { fileExists, readBytes, readStart } from './files.ts';
import { cutShare, fitInto, fits, isFit } from './fit.ts';
import type { Fit, Size } from './fit.ts';
import { keyed } from './pack.ts';
import { findFiles } from './pattern.ts';
import type { Found } from './pattern.ts';
import type { PackPlan } from './pack.ts';
import type { RowRange } from './source.ts';

/** Pixels on a side. */
const largest = 16384;
/** Pictures that are decoded at the same time: as many as the threads of Node's pool, and some that wait. */
const together = 8;

/** Rows that are decoded by themselves. */
interface Decoded extends Omit<PackPlan, 'key' | 'parts'> {
  record(row: number): Promise<Uint8Array>;
}

/** How such rows are packed; `hash` reads every file. */
export const picturePlan = (hash: () => string, { record, ...rest }: Decoded): PackPlan =>
  keyed(hash, { ...rest, parts: () => decoded(record, { from: 0, to: rest.count }) });

/**
 * The rows from one to before another, some at the same time, in their order. Behind a broken one the others are looked at, so that
 * all are named at once, ten at most; throws FileError then.
 */
export async function* decoded(
  record: Decoded['record'],
  { from, to }: RowRange,
): AsyncGenerator<Uint8Array> {
  const broken: FileError[] = [];
  let at = from;
  for (; at < to && broken.length < mostBroken; at += together) {
    const rows = Array.from({ length: Math.min(together, to - at) }, (_, i) => record(at + i));
    const whole: Uint8Array[] = [];
    for (const row of await Promise.allSettled(rows)) {
      if (row.status === 'fulfilled') whole.push(row.value);
      else if (row.reason instanceof FileError) broken.push(row.reason);
      else throw row.reason;
    }
    if (broken.length === 0) yield* whole;
  }
  if (broken.length > 0) throw brokenFiles(broken, at < to);
}

export const sizeParam: ParamSpec = {
  name: 'size',
  type: 'reals',
  doc: 'what pictures are made: 64 is 64 high and wide, [48, 64] is 48 high and 64 wide',
};

export const fitParam: ParamSpec = {
  name: 'fit',
  type: 'choice',
  default: 'cover',
  choices: fits,
  doc: 'cover: what goes over the shape is cut off at both ends; contain: all of it is shown, on black; stretch: it is distorted',
};

/** What a picture is made. */
export interface Made {
  readonly size: Size;
  readonly channels: 1 | 3;
  readonly fit: Fit;
}

/** Throws Error with a sentence. */
export function sizeOf({ size }: SourceArguments): Size {
  const sizes: readonly unknown[] = Array.isArray(size) ? size : [size, size];
  const fine = (side: unknown): side is number =>
    Number.isInteger(side) && Number(side) >= 1 && Number(side) <= largest;
  const [height, width] = sizes;
  if (sizes.length === 2 && fine(height) && fine(width)) return [height, width];
  throw new Error(
    `size is a whole number from 1 to ${largest}, or two of them, [height, width], not ${JSON.stringify(size)}`,
  );
}

export function fitOf({ fit }: SourceArguments): Fit {
  if (isFit(fit)) return fit;
  throw new Error(`fit is one of ${fits.join(', ')}`);
}

export function channelsOf(channels: unknown): 1 | 3 {
  if (channels === 1 || channels === 3) return channels;
  throw new Error(`channels is 1 or 3, not ${String(channels)}`);
}

/** Bytes of a picture made so. */
export const bytesOf = ({ channels, size }: Made): number => channels * size[0] * size[1];

/** The picture made so, as planes of bytes, into `out` at `at`. */
export function make(picture: Raster, { size, channels, fit }: Made, out: Uint8Array, at: number): void {
  fitInto(picture, size, channels, fit, out, at);
}

/** What a file's first bytes tell. */
export type Head = PictureHeader & { readonly path: string };

/** Throws FileError for what is no picture. Of some JPEGs more than a megabyte stands before what says how large they are. */
export function headOf(path: string): Head {
  try {
    return { path, ...pictureHeader(readStart(path), path) };
  } catch {
    return { path, ...pictureHeader(readBytes(path), path) };
  }
}

/** A pattern that ends in an ending chooses files by it: what fits is meant. */
const namesEnding = (pattern: string): boolean => /\.\w+$/.test(pattern);
const pictureName = new RegExp(`\\.(${Object.values(endings).flat().join('|')})$`, 'i');

/**
 * The files that fit the pattern, of which those are left out (`others`) that are no pictures by their names nor by their first
 * bytes, unless the pattern names an ending: `faces/*` also fits README.txt and Thumbs.db. What is called a picture and is none
 * is for whoever reads it to say, and so it is where nothing else is there. A FileError as of findFiles.
 */
export function pictureFiles(
  pattern: string,
  folder: string,
  allowed?: Allowance,
): { readonly files: readonly Found[]; readonly others: readonly string[] } {
  const found = findFiles(pattern, folder, allowed);
  if (namesEnding(pattern)) return { files: found, others: [] };
  const isPicture = ({ path }: Found): boolean =>
    pictureName.test(path) || !fileExists(path) || startsPicture(readStart(path));
  const files = found.filter(isPicture);
  if (files.length === 0) return { files: found, others: [] };
  const kept = new Set(files);
  const others = found.filter((one) => !kept.has(one));
  return { files, others: others.map(({ path }) => `${relative(folder, path)} (no picture)`) };
}

/** What is odd about the files; `halved`: each holds two pictures side by side. */
export function pictureNotices(
  heads: readonly Head[],
  { size, fit }: Pick<Made, 'size' | 'fit'>,
  folder: string,
  halved = false,
): string[] {
  const [cut, misnamed]: [string[], string[]] = [[], []];
  for (const { path, kind, height, width } of heads) {
    const name = relative(folder, path);
    const share = cutShare([height, halved ? Math.max(1, width >> 1) : width], size);
    if (fit === 'cover' && share > 0.1) cut.push(`${name} (${Math.round(100 * share)} % of it)`);
    const ending = /\.([a-z]+)$/i.exec(path)?.[1].toLowerCase() ?? '';
    if (Object.values(endings).flat().includes(ending) && !endings[kind].includes(ending))
      misnamed.push(`${name} is a ${kind}`);
  }
  const of = `of ${heads.length} pictures`;
  const cutAway = `${cut.length} ${of} lose more than a tenth to the cut: ${firstThree(cut)}; fit: contain shows them whole`;
  const byContent = `${misnamed.length} ${of} are read by what they are, not by their names: ${firstThree(misnamed)}`;
  return [...(cut.length === 0 ? [] : [cutAway]), ...(misnamed.length === 0 ? [] : [byContent])];
}

export const firstThree = (list: readonly string[]): string =>
  list.slice(0, 3).join(', ') + (list.length > 3 ? ` and ${list.length - 3} more` : '');
