/**
 * What a run directory says of the spec that it was started with, this version's or an earlier one's: nothing in it is
 * believed to be there. In: the folder; out: the spec's text and place, and what compiles it as it was compiled then.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Source } from '../grammar/source.ts';
import { entriesAt, numberAt, parsed, textAt } from '../page/loose.ts';
import { importsIn } from '../page/run-facts.ts';
import type { DataDescription } from '../program/catalogue.ts';
import { inside, RunDirectoryError } from '../runtime/run/run-directory.ts';
import { keptImports } from './drawings.ts';
import type { Drawn } from './drawings.ts';

/** A run directory, or the folder that a model file was unpacked to. */
export const isRun = (folder: string): boolean =>
  existsSync(inside(folder).info) && existsSync(inside(folder).manifest);

export function toldOf(path: string): Drawn {
  const [info, manifest] = [inside(path).info, inside(path).manifest].map((file) =>
    parsed(readFileSync(file, 'utf8')),
  );
  const set = Object.fromEntries(entriesAt(info, 'set').map(([name, value]) => [name, String(value)]));
  return {
    path,
    info: { set, profile: textAt(info, 'profile'), folder: textAt(info, 'folder') ?? '.' },
    manifest: {
      spec: { path: textAt(manifest, 'spec', 'path') ?? 'spec.gan', imports: importsIn(manifest) },
    },
  };
}

export interface RunSpec {
  readonly source: Source;
  readonly set: Readonly<Record<string, string>>;
  readonly profile: string | undefined;
  /** Texts of the files that it imported, by their paths from its folder. */
  readonly imports: ReadonlyMap<string, string>;
  /** Rows and content of its data as the run found them. */
  readonly described: Readonly<Record<string, DataDescription>>;
}

/** Throws RunDirectoryError where it has no spec. */
export function specOfRun(path: string): RunSpec {
  const { info, manifest } = toldOf(path);
  const { spec } = inside(path);
  if (!existsSync(spec)) throw new RunDirectoryError(`${path} has no spec.gan`);
  const source = { path: join(info.folder, basename(manifest.spec.path)), text: readFileSync(spec, 'utf8') };
  return {
    source,
    set: info.set,
    profile: info.profile ?? undefined,
    imports: keptImports(manifest.spec),
    described: describedIn(path),
  };
}

function describedIn(path: string): RunSpec['described'] {
  const info = parsed(readFileSync(inside(path).info, 'utf8'));
  return Object.fromEntries(
    entriesAt(info, 'data').flatMap(([name, value]) => {
      const [count, hash] = [numberAt(value, 'count'), textAt(value, 'hash')];
      return count === null || hash === null ? [] : [[name, { count, hash }]];
    }),
  );
}
