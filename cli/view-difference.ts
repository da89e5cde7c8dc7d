/**
 * What the specs of two runs mean that differs, for a page that anything may be asked of: nothing outside of the run directories
 * is read for it. In: runs; out: a difference, or a sentence. Data is what the runs found, imports are the texts that they keep.
 */
import { dirname, join, relative } from 'node:path';
import { difference, subjectOf } from '../compiler/compile.ts';
import type { Host } from '../compiler/input.ts';
import type { Subject } from '../compiler/meaning/subject.ts';
import { isError } from '../grammar/diagnostics.ts';
import { shellPath } from '../grammar/shell-word.ts';
import type { Told } from '../page/difference-html.ts';
import { single } from '../page/view-groups.ts';
import type { ViewedRun } from '../page/view-runs.ts';
import { catalogue } from '../runtime/catalogue.ts';
import { specOfRun } from './run-spec.ts';

/** By pairs of texts and settings: pages are loaded again and again. */
const known = new Map<string, Told['found']>();
const mostKnown = 200;

/** Of each run with the first; runs with the same spec and settings once. */
export function differencesOf(runs: readonly ViewedRun[]): Told[] {
  const names = single(runs).map(({ name }) => name);
  const keys = runs.map(keyOf);
  return runs.flatMap((run, i): Told[] => {
    if (i === 0 || keys.indexOf(keys[i]) < i) return [];
    return [{ before: names[0], after: names[i], found: remembered(runs[0], run) }];
  });
}

const keyOf = ({ facts: { spec, settings, data } }: ViewedRun): string =>
  JSON.stringify([spec.text, spec.imports, settings.set, settings.profile, data]);

function remembered(a: ViewedRun, b: ViewedRun): Told['found'] {
  const key = `${keyOf(a)}\n${keyOf(b)}`;
  const found = known.get(key) ?? between(a, b);
  if (known.size >= mostKnown) known.clear();
  known.set(key, found);
  return found;
}

function between(a: ViewedRun, b: ViewedRun): Told['found'] {
  try {
    return difference(subject(a), subject(b));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `${why}. \`ganc diff ${shellPath(a.path)} ${shellPath(b.path)}\` says it in a terminal.`;
  }
}

/** Throws Error with a sentence. */
function subject({ path }: ViewedRun): Subject {
  const { source, set, profile, described, imports } = specOfRun(path);
  const folder = dirname(source.path);
  const host: Host = {
    catalogue,
    read(imported, from) {
      const place = join(dirname(from.path), imported);
      const text = imports.get(relative(folder, place));
      return text === undefined
        ? { refused: 'is not kept by the run, and this page reads no other' }
        : { path: place, text };
    },
    describe: () => null,
  };
  const { subject: found, diagnostics } = subjectOf(source, host, { set, profile }, described);
  if (found !== null) return found;
  throw new Error(`${path}'s spec is not understood: ${diagnostics.find(isError)?.what ?? 'it has errors'}`);
}
