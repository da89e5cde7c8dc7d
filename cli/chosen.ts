/**
 * What `ganc sample` and `ganc convert` are asked for: a run and its checkpoint, and a line of its reports or a value of
 * one. In: a path and a name; out: both opened, or a sentence that says what there is.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Manifest, ReportItem, ValueRef } from '../program/manifest.ts';
import { nearest } from '../grammar/diagnostics.ts';
import {
  checkpoints,
  isWhole,
  iterationOf,
  newestCheckpoint,
  readCheckpoint,
} from '../runtime/run/checkpoint.ts';
import type { Checkpoint } from '../runtime/run/checkpoint.ts';
import { inside, openRun } from '../runtime/run/run-directory.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import { Exit, exitCodes } from './exit.ts';

export type Shown = Extract<ReportItem, { kind: 'picture' | 'sound' }>;

/** The run that a run directory, or one of its checkpoints, belongs to. */
export function openedRun(path: string): RunDirectory {
  return openRun(existsSync(join(path, 'checkpoint.json')) ? dirname(dirname(path)) : path);
}

/** The spec's pictures and sounds. */
export function linesOf({ reports }: Pick<Manifest, 'reports'>): Shown[] {
  const lines = reports.flatMap(({ items }) => items);
  return lines.filter((item): item is Shown => item.kind === 'picture' || item.kind === 'sound');
}

/** A run directory, or one of its checkpoints. */
export function opened(
  path: string,
  which: string | undefined,
): { run: RunDirectory; checkpoint: Checkpoint } {
  const within = existsSync(join(path, 'checkpoint.json'));
  const run = openedRun(path);
  const folder = inside(run.path).checkpoints;
  const found = within ? readCheckpoint(path) : chosenCheckpoint(folder, which);
  if (found !== null && isWhole(found)) return { run, checkpoint: found };
  if (found !== null) throw new Exit(exitCodes.usage, found.problem);
  const there = checkpoints(folder).map(iterationOf);
  const list = there.length === 0 ? 'it has none yet' : `it has those of the iterations ${there.join(', ')}`;
  throw new Exit(
    exitCodes.usage,
    `${path} has no whole checkpoint${which === undefined ? '' : ` ${which}`}: ${list}`,
  );
}

function chosenCheckpoint(
  folder: string,
  which: string | undefined,
): ReturnType<typeof readCheckpoint> | null {
  const newest = newestCheckpoint(folder);
  if (which === undefined || newest === null) return newest;
  const iteration = which === 'best' ? newest.best?.iteration : Number(which);
  const place = checkpoints(folder).find((path) => iterationOf(path) === iteration);
  return place === undefined ? null : readCheckpoint(place);
}

export type Choice = { readonly item: Shown } | { readonly name: string; readonly ref: ValueRef };

export function choose(manifest: Manifest, name: string | undefined): Choice {
  const lines = manifest.reports.flatMap(({ items }) => items);
  const shown = linesOf(manifest);
  const values = new Map(lines.flatMap(refsOf).map((ref) => [ref.output, ref]));
  const names = [...shown.map((item) => item.name), ...values.keys()];
  const list = names.length === 0 ? 'its spec reports none' : `there are ${names.join(', ')}`;
  if (name === undefined) {
    if (shown.length === 1) return { item: shown[0] };
    throw new Exit(exitCodes.usage, `which picture, sound or value? ${list}`);
  }
  const item = shown.find((one) => one.name === name);
  if (item) return { item };
  const ref = values.get(name);
  if (ref) return { name, ref };
  const near = nearest(name, names);
  throw new Exit(
    exitCodes.usage,
    `no picture, sound or value is called ${name}${near === undefined ? '' : `; did you mean ${near}?`} (${list})`,
  );
}

function refsOf(item: ReportItem): ValueRef[] {
  if (item.kind === 'recalibrate') return [];
  return item.kind === 'metric'
    ? item.sets.flatMap(({ values }) => Object.values(values))
    : Object.values(item.values);
}
