/**
 * What a folder of pictures or sounds may be read as: all of it, classes by its folders, or pairs where two folders hold
 * files of the same names. In: a folder. Out: what lies there, and the source that would read it.
 */
import { readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { brokenFiles, FileError, ofWhole } from '../formats/file-error.ts';
import { endings } from '../formats/picture-header.ts';
import type { Guess } from './guess.ts';
import { quoted } from './guess-arrays.ts';
import { naturally } from './natural.ts';
import { firstThree, headOf, type Head } from './pictures.ts';

const pictures = Object.values(endings).flat();
const sounds = ['wav', 'wave', 'flac', 'ogg', 'oga', 'opus', 'mp3'];
/** Headers that are read, about: of a large set, those of the first files in each folder. */
const read = 1000;

export type Kind = 'picture' | 'sound';

/** By its name's ending. */
export function kindOf(name: string): Kind | null {
  const ending = extname(name).slice(1).toLowerCase();
  return pictures.includes(ending) ? 'picture' : sounds.includes(ending) ? 'sound' : null;
}

/** Files of one kind by the folder that they lie in; '' for the folder itself. */
type Files = ReadonlyMap<string, readonly string[]>;

export function guessFolder(path: string): Guess {
  const entries = readdirSync(path, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const own = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const all = new Map([
    ['', own],
    ...folders.sort(naturally).map((name) => [name, readdirSync(join(path, name)).sort()] as const),
  ]);
  const [of, within] = (['picture', 'sound'] as const)
    .map((kind) => [kind, only(all, kind)] as const)
    .reduce((best, one) => (total(one[1]) > total(best[1]) ? one : best));
  if (total(within) === 0)
    throw new FileError(
      path,
      null,
      `a folder without pictures (${pictures.join(', ')}) or sounds (${sounds.join(', ')})`,
    );
  return of === 'picture' ? pictureFolder(path, within) : soundFolder(path, within);
}

const only = (all: Files, kind: Kind): Files =>
  new Map(
    [...all]
      .map(([name, files]) => [name, files.filter((file) => kindOf(file) === kind)] as const)
      .filter(([, files]) => files.length > 0),
  );

const total = (files: Files): number => [...files.values()].reduce((sum, list) => sum + list.length, 0);

/** `*.jpg` where all end so, else `*`. */
function starOf(files: Files): string {
  const found = new Set([...files.values()].flat().map((file) => extname(file)));
  return found.size === 1 ? `*${[...found][0]}` : '*';
}

/** Whether folders divide the files, rather than the folder holding them itself. */
const divided = (files: Files): boolean => total(files) > 2 * (files.get('')?.length ?? 0);

function counts(files: Files, word: string): string[] {
  const folders = [...files].filter(([name]) => name !== '');
  const named = folders.slice(0, 12).map(([name, list]) => `${name} ${list.length}`);
  const rest = folders.length > 12 ? `, and ${folders.length - 12} more` : '';
  const inside = folders.length === 0 ? [] : [`${folders.length} folders: ${named.join(', ')}${rest}`];
  return [`a folder of ${total(files)} ${word}`, ...inside];
}

// ---------------------------------------------------------------- kinds

function pictureFolder(path: string, files: Files): Guess {
  const sizes = sizesOf(path, files);
  const shapes = new Map<string, number>();
  for (const { height, width } of sizes.values())
    shapes.set(`${height} × ${width}`, (shapes.get(`${height} × ${width}`) ?? 0) + 1);
  const sorted = [...shapes].sort(([, a], [, b]) => b - a).map(([shape, count]) => `${shape} (${count})`);
  const facts = [...counts(files, 'pictures'), `of ${firstThree(sorted)} pixels (height × width)`];
  const [height, width] = sorted[0].split(/ [×(]/).map(Number);
  const size = shapes.size > 1 ? '64' : height === width ? `${height}` : `[${height}, ${width}]`;
  const folders = [...files.keys()].filter((name) => name !== '');
  const star = starOf(files);
  const place = divided(files) ? `${path}/${folders[0]}` : path;
  if (!divided(files) || folders.length === 1)
    return { facts, line: `images(${quoted(`${place}/${star}`)}, size: ${size})` };
  const classes = `images(${quoted(`${path}/<label>/${star}`)}, size: ${size}, labels: ${folders.length})`;
  if (!arePairs(files, sizes)) return { facts, line: classes };
  return {
    facts: [...facts, `two folders with the same names; if they are classes: ${classes}`],
    line: `pairs(${quoted(`${path}/${folders[0]}/*`)}, ${quoted(`${path}/${folders[1]}/*`)}, size: ${size})`,
  };
}

type Sizes = ReadonlyMap<string, Head>;

/** By `folder/file`, of the first ones in each folder; broken ones are left to who reads them. Throws FileError where all are. */
function sizesOf(path: string, files: Files): Sizes {
  const each = Math.ceil(read / files.size);
  const names = [...files].flatMap(([folder, list]) => list.slice(0, each).map((file) => join(folder, file)));
  const { made, broken } = ofWhole(names, (name) => [name, headOf(join(path, name))] as const);
  if (made.length === 0) throw brokenFiles(broken);
  return new Map(made);
}

/** Two folders, nine tenths of whose files go by the same names, and most of which are alike in their proportions. */
function arePairs(files: Files, sizes: Sizes): boolean {
  const folders = [...files].filter(([name]) => name !== '');
  if (folders.length !== 2) return false;
  const [a, b] = folders.map(
    ([folder, list]) =>
      new Map(list.map((file) => [basename(file, extname(file)), sizes.get(join(folder, file))])),
  );
  const both = [...a.keys()].filter((name) => b.has(name));
  const seen = both.flatMap((name) => {
    const [x, y] = [a.get(name), b.get(name)];
    return x && y ? [Math.abs(Math.log((x.width * y.height) / (x.height * y.width)))] : [];
  });
  const alike = seen.filter((difference) => difference < 0.05).length;
  return both.length >= 0.9 * Math.max(a.size, b.size) && 2 * alike >= seen.length;
}

function soundFolder(path: string, files: Files): Guess {
  const folders = [...files.keys()].filter((name) => name !== '');
  const facts = counts(files, 'sounds');
  const star = starOf(files);
  if (divided(files) && folders.length > 1)
    return {
      facts,
      line: `speech(${quoted(`${path}/<speaker>/${star}`)}, speakers: ${folders.length}, frames: all, unusable: skip)`,
    };
  const place = divided(files) ? `${path}/${folders[0]}` : path;
  return { facts, line: `speech(${quoted(`${place}/${star}`)}, frames: all, unusable: skip)` };
}
