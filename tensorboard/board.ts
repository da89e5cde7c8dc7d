/**
 * A run as TensorBoard shows it, in RUN/tensorboard/: scalars of losses, objectives and metrics, pictures, sounds, histograms
 * of weights (of the checkpoints that are there), the spec as text, params as hparams. In: a run directory of this version or
 * an earlier one, finished or running; out: one event file, which grows with each call. The numbers are those of
 * metrics.jsonl; times, which it doesn't have, lie evenly between the run's beginning and now.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { at, entriesAt, numberAt, parsed, textAt } from '../page/loose.ts';
import { isOwnMedium } from '../page/metrics-lines.ts';
import { makeFolder } from '../runtime/disk.ts';
import { pictureHeader } from '../runtime/formats/picture-header.ts';
import { readWav } from '../runtime/formats/wav.ts';
import { linesIn } from '../runtime/lines.ts';
import { checkpoints, isWhole, iterationOf, readCheckpoint } from '../runtime/run/checkpoint.ts';
import { inside, RunDirectoryError } from '../runtime/run/run-directory.ts';
import * as records from './records.ts';
import type { Bytes, Parameter, Stamp } from './records.ts';

export interface Board {
  /** Appends what the run has written since the last call. */
  update(): void;
  /** The same, and weights of the checkpoints that are there. */
  end(): void;
  /** RUN/tensorboard */
  readonly folder: string;
}

/** Begins a new event file in the place of earlier ones. Throws RunDirectoryError where it is no run. */
export function boardOf(path: string): Board {
  const places = inside(path);
  if (!existsSync(places.info))
    throw new RunDirectoryError(`${path} is not a run directory: it has no run.json`);
  const folder = join(path, 'tensorboard');
  makeFolder(folder);
  for (const name of readdirSync(folder))
    if (name.startsWith('events.out.tfevents.')) rmSync(join(folder, name));
  const began = statSync(places.info).mtimeMs / 1000;
  const file = join(folder, `events.out.tfevents.${Math.floor(began)}.ganc`);
  appendFileSync(file, Buffer.concat([records.fileVersion(began), ...opening(path, began)]));
  let read = 0;
  const update = (): void => {
    // What is added meanwhile is the next call's.
    const added = { from: read, to: existsSync(places.metrics) ? statSync(places.metrics).size : 0 };
    const stamps = stamper(places.metrics, began, added);
    for (const { rows, end } of rowsIn(places.metrics, added)) {
      appendFileSync(file, Buffer.concat(rows.flatMap((row) => events(path, row, stamps))));
      read = end;
    }
  };
  return {
    folder,
    update,
    end() {
      update();
      const time = statSync(places.metrics).mtimeMs / 1000;
      appendFileSync(file, Buffer.concat(weights(path, time)));
    },
  };
}

// ---------------------------------------------------------------- what a run was started with

function opening(path: string, time: number): Bytes[] {
  const { spec, manifest, info } = inside(path);
  const stamp = { time, step: 0 };
  const [program, known] = [manifest, info].map((file) =>
    existsSync(file) ? parsed(readFileSync(file, 'utf8')) : null,
  );
  const written = existsSync(spec) ? readFileSync(spec, 'utf8') : '';
  const params: Record<string, Parameter> = {};
  for (const [name, value] of entriesAt(program, 'params')) if (isParameter(value)) params[name] = value;
  const seed = numberAt(known, 'seed');
  if (seed !== null) params.seed = seed;
  return [
    records.text(stamp, 'spec', written.replace(/^/gm, '    ')),
    records.parameters(stamp, basename(path), params),
  ];
}

const isParameter = (value: unknown): value is Parameter =>
  typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';

// ---------------------------------------------------------------- lines

interface Rows {
  readonly rows: readonly unknown[];
  /** Where the file is read on. */
  readonly end: number;
}

/** Bytes of a file, from one to before another. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What whole lines say that stand there, some at a time. */
function* rowsIn(file: string, { from, to }: Stretch): Generator<Rows> {
  if (from >= to) return;
  for (const { lines, end } of linesIn(file, from, to))
    yield { rows: lines.map(parsed).filter((row) => row !== null), end };
}

type Stamper = (iteration: number) => Stamp;

/** The lines are gone through for the last iteration before they become events, since not all of them may fit into memory. */
function stamper(file: string, began: number, added: Stretch): Stamper {
  const now = existsSync(file) ? statSync(file).mtimeMs / 1000 : began;
  let last = 1;
  for (const { rows } of rowsIn(file, added))
    last = rows.reduce<number>((most, row) => Math.max(most, numberAt(row, 'iteration') ?? 0), last);
  return (iteration) => ({ time: began + ((now - began) * iteration) / last, step: iteration });
}

function events(path: string, line: unknown, stamps: Stamper): Bytes[] {
  const iteration = numberAt(line, 'iteration');
  if (iteration === null) return [];
  const stamp = stamps(iteration);
  const [metric, value] = [textAt(line, 'metric'), numberAt(line, 'value')];
  if (metric !== null) return value === null ? [] : [records.scalar(stamp, `metric/${metric}`, value)];
  if (at(line, 'file') !== null) return medium(path, line, stamp);
  return [
    ...scalars(stamp, 'loss', at(line, 'losses')),
    ...scalars(stamp, 'objective', at(line, 'objectives')),
  ];
}

const scalars = (stamp: Stamp, group: string, values: unknown): Bytes[] =>
  entriesAt(values).flatMap(([name, value]) =>
    typeof value === 'number' ? [records.scalar(stamp, `${group}/${name}`, value)] : [],
  );

/** A picture or sound; one that is gone or broken is left out. Files of the run's own folders alone. */
function medium(path: string, line: unknown, stamp: Stamp): Bytes[] {
  const file = textAt(line, 'file') ?? '';
  if (!isOwnMedium(file)) return [];
  try {
    const bytes = readFileSync(join(path, file));
    const picture = textAt(line, 'picture');
    if (picture !== null)
      return [records.image(stamp, `picture/${picture}`, bytes, pictureHeader(bytes, file))];
    const { rate, samples } = readWav(bytes, file);
    const part = /-(\d+)\.wav$/.exec(file)?.[1] ?? '1';
    const tag = `sound/${textAt(line, 'sound') ?? 'sound'}/${part}`;
    return [records.audio(stamp, tag, bytes, { rate, frames: samples.length })];
  } catch {
    return [];
  }
}

// ---------------------------------------------------------------- weights

function weights(path: string, time: number): Bytes[] {
  const folder = inside(path).checkpoints;
  if (!existsSync(folder)) return [];
  return checkpoints(folder).flatMap((place) => {
    const read = readCheckpoint(place);
    if (!isWhole(read)) return [];
    const stamp = { time, step: iterationOf(place) };
    // Slots of optimizers begin with an update's name.
    const own = Object.entries(read.values).filter(([name]) => !/^update_\d+\./.test(name));
    return own.map(([name, { data }]) =>
      records.histogram(stamp, `weights/${name.replaceAll('.', '/')}`, data),
    );
  });
}
