/**
 * Writes a trained run as one file (unpacked.ts reads it): its program as far as reports need it, one checkpoint without the
 * optimizers' moments, and what reports said. In: a run, a checkpoint, the run's program for ONNX; out: bytes, the same for the
 * same. Nothing of the data is in it but how many rows there were, their checksum and what classes are called, and no path of
 * the machine that trained it.
 */
import { basename, dirname, relative } from 'node:path';
import type { DataDescription } from '../../program/catalogue.ts';
import type { Manifest, ReportItem } from '../../program/manifest.ts';
import type { SpecText } from '../../program/spec-text.ts';
import { onDisk } from '../disk.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { writeZip } from '../formats/zip-write.ts';
import { linesIn } from '../lines.ts';
import { version } from '../own-package.ts';
import { checkpointPath, type Checkpoint, type StoredCheckpoint } from './checkpoint.ts';
import { isForTraining } from './initial-state.ts';
import { noteName } from './model-start.ts';
import type { ProgramFiles } from './new-run.ts';
import { graphFiles } from './resume.ts';
import { inside, programFiles, type RunDirectory, type RunInfo } from './run-directory.ts';
import { digest, seal } from './sealed.ts';
import { sealLength, type ModelNote } from './unpacked.ts';

/** `program`: for ONNX; the run's own where it is one. Throws DiskError, or an Error with a sentence where it is too large. */
export function modelFile(run: RunDirectory, checkpoint: Checkpoint, program: ProgramFiles): Uint8Array {
  const manifest = reportsOf(program.manifest);
  const files = Object.fromEntries(filesOf(manifest).map((name) => [name, program.files[name]]));
  const metrics = Buffer.from(metricLines(run, checkpoint));
  const note: ModelNote = {
    kind: 'ganc model',
    format: 1,
    ganc: version,
    iteration: checkpoint.position.iteration,
  };
  const contents = Object.entries({
    [noteName]: seal(note),
    'run.json': seal(infoOf(run.info, files)),
    'spec.gan': manifest.spec.text,
    'metrics.jsonl': metrics,
    ...under('program', programFiles(manifest, files)),
    ...under(
      checkpointPath('checkpoints', checkpoint.position.iteration),
      stateOf(manifest, checkpoint, metrics.length),
    ),
  });
  const bytes = writeZip(
    contents.map(([name, content]) => ({
      name,
      bytes: typeof content === 'string' ? Buffer.from(content) : content,
      deflate: true,
    })),
    sealLength,
  );
  const end = bytes.length - sealLength;
  bytes.set(Buffer.from(digest(bytes.subarray(0, end))), end);
  return bytes;
}

const under = <T>(folder: string, files: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [slashed(`${folder}/${name}`), content]));

/** The manifest with the graphs of its reports, and the state that is left without training. */
function reportsOf(manifest: Manifest): Manifest {
  const wanted = new Set(manifest.reports.flatMap(({ items }) => items.flatMap(graphsOf)));
  return {
    ...manifest,
    spec: placeless(manifest.spec),
    graphs: Object.fromEntries(Object.entries(manifest.graphs).filter(([name]) => wanted.has(name))),
    state: manifest.state.filter((entry) => !isForTraining(entry)),
    streams: manifest.streams.map((stream) => ({
      ...stream,
      description: stream.description && countsOf(stream.description),
    })),
  };
}

function graphsOf(item: ReportItem): string[] {
  if (item.kind === 'recalibrate') return [item.graph];
  const all = item.kind === 'metric' ? item.sets.map(({ values }) => values) : [item.values];
  return all.flatMap((values) => Object.values(values).map(({ graph }) => graph));
}

/** Those that the manifest names. */
function filesOf({ graphs, device, origins = [], networkFiles = [] }: Manifest): string[] {
  const all = [
    ...Object.values(graphs).flatMap(graphFiles),
    ...(device === undefined ? [] : [device.copy]),
    ...[...origins, ...networkFiles].map(({ file }) => file),
  ];
  return [...new Set(all)];
}

/** Imports under their paths from the spec. */
function placeless({ path, imports, ...rest }: SpecText): SpecText {
  const from = dirname(path);
  return {
    ...rest,
    path: basename(path),
    ...(imports && { imports: imports.map((one) => ({ ...one, path: slashed(relative(from, one.path)) })) }),
  };
}

const slashed = (path: string): string => path.replaceAll('\\', '/');

/** Without the names of files, which are the owner's. */
const countsOf = ({ skipped: _, notices: __, ...rest }: DataDescription): DataDescription => rest;

function infoOf(info: RunInfo, files: ProgramFiles['files']): RunInfo {
  const { patience: _, ...rest } = info;
  return {
    ...rest,
    folder: '.',
    data: Object.fromEntries(Object.entries(info.data).map(([name, one]) => [name, countsOf(one)])),
    program: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, digest(bytes)])),
  };
}

/** The results of metrics up to the checkpoint, and its iteration's losses: those of all others are left with the run. */
function metricLines({ path }: RunDirectory, { metricsBytes, position }: Checkpoint): string {
  const { metrics } = inside(path);
  return onDisk(metrics, () => {
    const kept: string[] = [];
    for (const { lines } of linesIn(metrics, 0, metricsBytes))
      kept.push(...lines.filter((line) => isKept(line, position.iteration)));
    return kept.map((line) => `${line}\n`).join('');
  });
}

/** A line that is damaged is none. */
function isKept(line: string, newest: number): boolean {
  try {
    const row = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return typeof row.metric === 'string' || (row.iteration === newest && typeof row.losses === 'object');
  } catch {
    return false;
  }
}

function stateOf(
  { state }: Manifest,
  { position, applied, best, unreported, values }: Checkpoint,
  metricsBytes: number,
): Record<string, Uint8Array | string> {
  const bytes = writeSafetensors(state.map(({ name }) => [name, values[name]] as const));
  const stored: StoredCheckpoint = {
    ...{ format: 2, position, applied, best, metricsBytes, unreported },
    state: digest(bytes),
  };
  return { 'state.safetensors': bytes, 'checkpoint.json': seal(stored) };
}
