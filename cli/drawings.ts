/**
 * The architecture's pictures of a run, drawn from the spec that it was started with. In: a run directory; out: its folder
 * architecture/, made where it isn't there or was drawn from another spec.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { architecture } from '../compiler/compile.ts';
import type { Source } from '../grammar/source.ts';
import { pictures } from '../diagram/draw.ts';
import { readDrawings, writeDrawings } from '../page/drawings.ts';
import type { Drawings } from '../page/drawings.ts';
import { updateFacts } from '../page/update-facts.ts';
import type { SpecText } from '../program/spec-text.ts';
import { inside } from '../runtime/run/run-directory.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import { hostFor } from './spec.ts';

/** What a run says of its spec; a run of an earlier version says it too. */
export type Drawn = Pick<RunDirectory, 'path'> & {
  readonly info: Pick<RunDirectory['info'], 'set' | 'profile' | 'folder'>;
  readonly manifest: { readonly spec: Pick<SpecText, 'path' | 'imports'> };
};

/** Draws what isn't drawn yet; a spec that can't be read any more (its imports are gone, its language is older) is left. */
export async function drawRun(run: Drawn): Promise<void> {
  const { path, info, manifest } = run;
  const text = readFileSync(inside(path).spec, 'utf8');
  const of = createHash('sha256')
    .update(JSON.stringify([text, info.set, info.profile, ...(manifest.spec.imports ?? [])]))
    .digest('hex');
  if (readDrawings(path)?.of === of) return;
  const source = { path: join(info.folder, basename(manifest.spec.path)), text };
  const drawn = await drawingsOf(source, info, keptImports(manifest.spec));
  if (drawn !== null) writeDrawings(path, { of, ...drawn });
}

/** By their paths from the spec's folder. A run of an earlier version kept none. */
export const keptImports = ({
  path,
  imports = [],
}: Pick<SpecText, 'path' | 'imports'>): Map<string, string> =>
  new Map(imports.map((one) => [relative(dirname(path), one.path), one.text]));

async function drawingsOf(
  source: Source,
  { set, profile }: Drawn['info'],
  imports: ReadonlyMap<string, string>,
): Promise<Omit<Drawings, 'of'> | null> {
  const { architecture: found } = architecture(source, hostFor(source, undefined, imports), {
    set,
    profile: profile ?? undefined,
  });
  if (found === null) return null;
  const { updates, ...whole } = await pictures(found);
  return { ...whole, updates: updateFacts(found).map((facts, i) => ({ ...facts, svg: updates[i] })) };
}
