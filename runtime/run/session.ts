/**
 * An opened run: its directory in, and out everything that trains it, reports on it or samples from it. The one
 * place where program, engine, data and vocabulary come together.
 */
import { metrics, openStreams, pictures } from '../catalogue.ts';
import type { OpenSource } from '../data/source.ts';
import { EngineError } from '../engines/engine.ts';
import type { DeviceName, Engine, EngineIdentity } from '../engines/engine.ts';
import { trainer } from './loop.ts';
import type { Trainer } from './loop.ts';
import { onnxDevice } from '../engines/onnx-device.ts';
import { onnxEngine } from '../engines/onnx-engine.ts';
import { onnxIdentity } from '../engines/onnxruntime.ts';
import { productOn } from '../engines/product.ts';
import type { ReportContext } from '../reports/values.ts';
import { storedIn } from './phase-starts.ts';
import { RunDirectoryError } from './run-directory.ts';
import type { RunDirectory } from './run-directory.ts';
import { schedule } from './schedule.ts';
import { streams } from '../data/streams.ts';
import { tfjsEngine, tfjsIdentity } from '../engines/tfjs-engine.ts';
import { pythonWithTorch } from '../engines/torch/python.ts';
import { torchEngine, torchServer } from '../engines/torch-engine.ts';
import { webgpuEngine } from '../engines/webgpu-engine.ts';
import type { Manifest } from '../../program/manifest.ts';

export interface Session {
  readonly trainer: Trainer;
  readonly reports: ReportContext;
}

/** A manifest, and the folder with the files that it names. */
export interface PlacedProgram {
  readonly manifest: Manifest;
  readonly folder: string;
}

/** `program`: default: the run's own. Throws EngineError, FileError, ScheduleError or RunDirectoryError, each with a sentence. */
export async function openSession(
  run: RunDirectory,
  place: Place,
  program: PlacedProgram = { manifest: run.manifest, folder: run.program },
): Promise<Session> {
  const { manifest, folder } = program;
  const engine = await openEngine(manifest, folder, place);
  const { reports } = await openData(run, manifest, place.threads);
  const { metrics: _, pictures: __, product: ___, ...parts } = reports;
  return { trainer: trainer({ ...parts, engine, stored: storedIn(folder) }), reports };
}

/** The run's data, and what its reports need of it: all but an engine. `threads`: those that metrics multiply by. */
export async function openData(
  { info }: RunDirectory,
  manifest: Manifest,
  threads: number,
): Promise<{ readonly sources: Readonly<Record<string, OpenSource>>; readonly reports: ReportContext }> {
  const sources = await opened(manifest, info.folder);
  const data = streams(manifest, sources, info.seed);
  const parts = { manifest, streams: data, schedule: schedule(manifest, data.counts), seed: info.seed };
  return { sources, reports: { ...parts, metrics, pictures, product: productOn(threads) } };
}

export type Place = Pick<EngineIdentity, 'device' | 'threads'>;

/** How many processes share each batch; `auto`: one a card. */
export type Processes = number | 'auto';

/** What a device's name (`auto` among them) means here for a program, without opening it. Throws EngineError. */
export async function chooseEngine(
  manifest: Pick<Manifest, 'target' | 'bytes'>,
  device: DeviceName,
  threads: number,
  processes: Processes = 1,
): Promise<EngineIdentity> {
  if (manifest.target === 'torch') return torchIdentity(device, threads, processes);
  if (processes !== 1 && processes !== 'auto')
    throw new EngineError(
      `programs for ${manifest.target} run in one process: --nproc is for --target torch`,
    );
  if (manifest.target === 'onnx') {
    const chosen = await onnxDevice(device, manifest);
    return { ...onnxIdentity(chosen.device, threads), ...chosen };
  }
  if (manifest.target === 'tfjs') return tfjsIdentity(device, threads);
  throw noEngine(manifest.target);
}

/** The engine for a program's target, on the device that chooseEngine named. */
export async function openEngine(
  manifest: Manifest,
  folder: string,
  { device, threads }: Place,
): Promise<Engine> {
  if (manifest.target === 'tfjs') return tfjsEngine(manifest, folder, device as DeviceName, threads);
  if (manifest.target === 'torch') {
    const { python } = await pythonWithTorch();
    const server = await torchServer(python, folder, threads);
    const close = (): Promise<void> => {
      server.pipe.kill();
      return server.pipe.closed;
    };
    return { ...torchEngine(folder, server, device), close };
  }
  if (manifest.target !== 'onnx') throw noEngine(manifest.target);
  if (device === 'webgpu') return webgpuEngine(manifest, folder, threads);
  return onnxEngine(manifest, folder, threads, device === 'cuda' ? 'cuda' : 'cpu');
}

/** `auto`: a card where PyTorch sees one. */
async function torchIdentity(device: DeviceName, threads: number, asked: Processes): Promise<EngineIdentity> {
  const { version, cards } = await pythonWithTorch();
  if (device === 'webgpu') throw new EngineError('the target torch runs on cpu or cuda');
  if (device === 'cuda' && cards.length === 0)
    throw new EngineError('PyTorch finds no CUDA device here: `ganc doctor` says why');
  const [adapter] = cards;
  const chosen = device === 'auto' && adapter !== undefined ? 'cuda' : device === 'auto' ? 'cpu' : device;
  const own = chosen === 'cuda' ? cards.length : 1;
  const processes = asked === 'auto' ? own : asked;
  if (chosen === 'cuda' && processes > own)
    throw new EngineError(
      `${processes} processes want a card each, and PyTorch finds ${own}: --nproc ${own}`,
    );
  const place = { device: chosen, threads, processes };
  return { name: 'pytorch', version, ...place, ...(chosen === 'cuda' ? { adapter } : {}) };
}

const noEngine = (target: string): EngineError =>
  new EngineError(`no engine runs programs for the target ${target}: build it for onnx`);

/** Data that isn't what the program was compiled with is the data's fault, like a broken file. */
async function opened(manifest: Manifest, folder: string): Promise<Record<string, OpenSource>> {
  try {
    return await openStreams(manifest, folder);
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) throw new RunDirectoryError(error.message);
    throw error;
  }
}
