/**
 * An opened run: its directory in, and out everything that trains it, reports on it or samples from it. The one
 * place where program, engine, data and vocabulary come together.
 */
import { metrics, openStream, pictures } from './catalogue.ts';
import type { OpenSource } from './data/source.ts';
import { EngineError } from './engine.ts';
import type { Engine } from './engine.ts';
import { trainer } from './loop.ts';
import type { Trainer } from './loop.ts';
import { onnxEngine } from './onnx-engine.ts';
import type { ReportContext } from './report-values.ts';
import { inside, RunDirectoryError } from './run-directory.ts';
import type { RunDirectory } from './run-directory.ts';
import { schedule } from './schedule.ts';
import { streams } from './streams.ts';
import type { Manifest, StreamEntry } from '../compiler/program/manifest.ts';

export interface Session {
  readonly trainer: Trainer;
  readonly reports: ReportContext;
}

/** Throws EngineError, FileError, ScheduleError or RunDirectoryError, each with a sentence. */
export async function openSession(run: RunDirectory, threads: number): Promise<Session> {
  const { manifest, info } = run;
  const engine = await openEngine(manifest, inside(run.path).program, threads);
  const opened = Object.fromEntries(manifest.streams.map((entry) => [entry.name, open(entry, info.folder)]));
  const data = streams(manifest, opened, info.seed);
  const parts = {
    manifest,
    engine,
    streams: data,
    schedule: schedule(manifest, data.counts),
    seed: info.seed,
  };
  const { engine: _, ...reported } = parts;
  return { trainer: trainer(parts), reports: { ...reported, metrics, pictures } };
}

/** The engine for a program's target. */
export async function openEngine(manifest: Manifest, folder: string, threads: number): Promise<Engine> {
  if (manifest.target === 'onnx') return onnxEngine(manifest, folder, threads);
  throw new EngineError(`no engine runs programs for the target ${manifest.target}: build it for onnx`);
}

/** Data that isn't what the program was compiled with is the data's fault, like a broken file. */
function open(entry: StreamEntry, folder: string): OpenSource {
  try {
    return openStream(entry, folder);
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) throw new RunDirectoryError(error.message);
    throw error;
  }
}
