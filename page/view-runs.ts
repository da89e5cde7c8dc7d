/**
 * Which runs there are to look at. In: folders; out: the run directories in them, each with what a list says of it. Folders
 * are looked into three deep (`runs/`, `runs/gan-sweep/`, `runs/gan-sweep/width=16/`); links are not followed, neither to runs nor inside them, so that
 * nothing outside is ever read.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inside } from '../runtime/run/run-directory.ts';
import { isTrained, lockFile } from '../runtime/run/lock.ts';
import { state } from './again.ts';
import type { RunState } from './again.ts';
import type { Lines } from './metrics-lines.ts';
import { begunAt, runFacts } from './run-facts.ts';
import type { RunFacts } from './run-facts.ts';
import { linesOf } from './write.ts';

export interface ViewedRun {
  /** By which a page's address names it: nothing of an address is ever a path. */
  readonly id: string;
  readonly path: string;
  /** The folder that it lies in, as it was given or found. */
  readonly folder: string;
  readonly facts: RunFacts;
  readonly state: RunState | 'running';
  /** In words: `finished after iteration 500`. */
  readonly words: string;
}

export interface Listed {
  /** By folder, the newest first in each. */
  readonly runs: readonly ViewedRun[];
  /** How many older ones there are beside them. */
  readonly left: number;
}

export interface Runs {
  /** Those that are there now. */
  all(): Listed;
  byId(id: string): ViewedRun | undefined;
}

/** `most`: how many are listed, since a list of more helps nobody; by its address each is found. */
export function runsIn(folders: readonly string[], most = 1000): Runs {
  const known = new Map<string, Reader>();
  const read = (path: string): ViewedRun[] => {
    const reader = known.get(path) ?? readerOf(path);
    known.set(path, reader);
    const found = reader();
    return found === null ? [] : [found];
  };
  const paths = (): string[] => [...new Set(folders.flatMap((folder) => runPaths(folder, 3)))];
  return {
    all() {
      const there = paths();
      const found = newest(there, most).flatMap(read);
      const order = [...new Set(found.map(({ folder }) => folder))];
      const runs = order.flatMap((folder) => {
        const own = found.filter((run) => run.folder === folder);
        return own.sort((a, b) => b.facts.begun - a.facts.begun);
      });
      return { runs, left: Math.max(0, there.length - most) };
    },
    byId: (id) => paths().flatMap((path) => (idOf(path) === id ? read(path) : []))[0],
  };
}

/** The runs that were begun last, in the order that they have; by their files' dates, without a look into thousands of them. */
function newest(paths: readonly string[], most: number): readonly string[] {
  if (paths.length <= most) return paths;
  const dated = paths.map((path) => [path, begunAt(path)] as const).sort(([, a], [, b]) => b - a);
  const chosen = new Set(dated.slice(0, most).map(([path]) => path));
  return paths.filter((path) => chosen.has(path));
}

const idOf = (path: string): string =>
  createHash('sha256').update(realpathSync(path)).digest('hex').slice(0, 16);

/** Run directories under a folder, itself included. */
function runPaths(folder: string, deep: number): string[] {
  if (isRun(folder)) return [folder];
  if (deep === 0 || kindOf(folder) !== 'folder') return [];
  return entriesOf(folder).flatMap((name) =>
    kindOf(join(folder, name)) === 'folder' ? runPaths(join(folder, name), deep - 1) : [],
  );
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

type Kind = 'file' | 'folder' | 'other' | null;

function kindOf(path: string): Kind {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
}

/** Whether it is a run's, and all that a page reads of it is its own: a link might lead to what is nobody's business. */
function isRun(path: string): boolean {
  const places = inside(path);
  const files = [places.spec, places.metrics, places.health, places.log].map(kindOf);
  const folders = [places.pictures, places.sounds, places.embeddings, join(path, 'architecture')].map(kindOf);
  const drawn = entriesOf(join(path, 'architecture')).map((name) => kindOf(join(path, 'architecture', name)));
  return (
    [places.info, places.manifest].every((file) => kindOf(file) === 'file') &&
    kindOf(places.program) === 'folder' &&
    [...files, ...drawn].every((kind) => kind === 'file' || kind === null) &&
    folders.every((kind) => kind === 'folder' || kind === null)
  );
}

type Reader = () => ViewedRun | null;

/** A run's facts, read again where its files have changed. */
function readerOf(path: string): Reader {
  const lines = linesOf(path);
  let seen = '';
  let facts: RunFacts | null = null;
  return () => {
    try {
      const now = stampOf(path);
      if (now !== seen || facts === null) facts = runFacts(path, lines());
      seen = now;
      const running = kindOf(lockFile(path)) === 'file' && isTrained(path);
      const { kind, words } = state(facts);
      return {
        ...{ id: idOf(path), path, folder: dirname(path), facts },
        state: running && kind !== 'done' ? 'running' : kind,
        words: running && kind !== 'done' ? `running: ${iterationWords(facts)}` : words,
      };
    } catch {
      // It went while it was looked at, or is none of a run's that can be read.
      return null;
    }
  };
}

/** Changes where any of the files does that facts are made of. */
function stampOf(path: string): string {
  const { info, manifest, spec, metrics, health, log } = inside(path);
  return [info, manifest, spec, metrics, health, log]
    .map((file) => lstatSync(file, { throwIfNoEntry: false }))
    .map((found) => (found === undefined ? '-' : `${found.size} ${found.mtimeMs}`))
    .join();
}

const iterationWords = ({ lines, goal }: RunFacts): string =>
  `iteration ${lines.iteration.toLocaleString('en')}${goal === null ? '' : ` of ${goal.toLocaleString('en')}`}`;

export const nameOfRun = ({ path }: Pick<ViewedRun, 'path'>): string => basename(path);

/** The newest value of each metric, in the order of their first appearance. */
export const newestMetrics = ({ metrics }: Lines): [string, number][] =>
  [...metrics].map(([name, values]) => [name, values[values.length - 1][1]]);
