/** A few iterations of a program in this process, on any engine: what the parity tests compare. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Program } from '../../compiler/compiled.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import { openStreams } from '../../runtime/catalogue.ts';
import type { Engine, State, Step, Tensor, Tensors } from '../../runtime/engines/engine.ts';
import { hostEngine, type HostEngine } from '../../runtime/engines/host-engine.ts';
import { initialState } from '../../runtime/run/initial-state.ts';
import { storedFrom } from '../../runtime/run/phase-starts.ts';
import { runIteration, trainer, type Applied, type Logged } from '../../runtime/run/loop.ts';
import { openEngine } from '../../runtime/run/session.ts';
import { schedule, start, type Position } from '../../runtime/run/schedule.ts';
import { streams } from '../../runtime/data/streams.ts';
import { tfjsEngine } from '../../runtime/engines/tfjs-engine.ts';
import { torchEngine } from '../../runtime/engines/torch-engine.ts';
import { sharedTorch } from '../torch/where.ts';
import { root } from './host.ts';

/** The oracle: interprets the graphs in float64. */
export function referenceEngine({ manifest, graphs }: Program): HostEngine {
  return hostEngine(manifest, { name: 'reference', version: '1', device: 'cpu', threads: 1 }, (graph) => ({
    run(feeds, fetches, into = {}) {
      const wide = Object.entries(feeds).map(
        ([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }] as const,
      );
      const inputs = new Map(wide.filter(([name]) => !name.startsWith('draw:')));
      const draws = new Map(
        wide.flatMap(([name, t]) => (name.startsWith('draw:') ? [[name.slice(5), t] as const] : [])),
      );
      const symbols = sizesOf(manifest, graph, feeds);
      const results = evaluate(
        fetches.map((name) => graphs[graph][name]),
        { inputs, draws, symbols },
      );
      return Object.fromEntries(fetches.map((name, i) => [name, given(into[name], results[i])]));
    },
  }));
}

/** What the symbols in the inputs' shapes are, by what was fed. */
function sizesOf(manifest: Program['manifest'], graph: string, feeds: Tensors): Record<string, number> {
  const pairs = manifest.graphs[graph].inputs.flatMap(({ name, shape }) =>
    shape.map((dim, axis) => [dim, feeds[name].shape[axis]] as const),
  );
  return Object.fromEntries(pairs.filter(([dim]) => typeof dim === 'string'));
}

function given(into: Tensor | undefined, value: { shape: readonly number[]; data: Float64Array }): Tensor {
  if (into === undefined) return value;
  into.data.set(value.data);
  return into;
}

type Device = Parameters<typeof tfjsEngine>[2];

const folders: string[] = [];
process.once('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** The target's engine on the program's files, written to a temporary folder; `device`: TensorFlow.js's (default: the CPU). */
export async function engineOf(program: Program, device: Device = 'cpu'): Promise<Engine> {
  if (program.manifest.target === 'reference') return referenceEngine(program);
  const folder = mkdtempSync(join(tmpdir(), 'ganc-'));
  folders.push(folder);
  for (const [path, bytes] of Object.entries(program.files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  const { manifest } = program;
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  if (manifest.target === 'torch') return torchEngine(folder, await sharedTorch(folder), 'cpu');
  if (manifest.target === 'tfjs') return tfjsEngine(manifest, folder, device, 1);
  return openEngine(manifest, folder, { device: manifest.device?.name ?? 'cpu', threads: 1 });
}

/** One run of a step graph: what it was fed beside the state, what it gave, the whole state before it. All copies. */
export interface Recorded {
  readonly graph: string;
  readonly iteration: number;
  readonly feeds: Tensors;
  readonly numbers: Step['numbers'];
  readonly state: Tensors;
}

export interface Trained {
  /** State by name, before and after. */
  readonly before: Tensors;
  readonly after: Tensors;
  readonly logged: readonly Logged[];
  readonly applied: Applied;
  readonly runs: readonly Recorded[];
}

/** `iterations` of each phase (or all it has), from the start. */
export async function trained(
  program: Program,
  iterations: number,
  seed = 7,
  device: Device = 'cpu',
): Promise<Trained> {
  return trainedOn(await engineOf(program, device), program, iterations, seed);
}

export async function trainedOn(
  engine: Engine,
  { manifest, files }: Program,
  iterations: number,
  seed: number,
): Promise<Trained> {
  const opened = await openStreams(manifest, root);
  const data = streams(manifest, opened, seed);
  const runs: Recorded[] = [];
  const stored = storedFrom((file) => files[file]);
  let position: Position = start;
  const state = recording(
    await engine.start(initialState(manifest, seed, undefined, false, stored)),
    (run) => void runs.push({ ...run, iteration: position.iteration }),
  );
  const whole = async (): Promise<Tensors> => copied(await state.read());
  const run = trainer({
    manifest,
    engine,
    streams: data,
    schedule: schedule(manifest, data.counts),
    seed,
    stored,
  });
  const before = await whole();
  const logged: Logged[] = [];
  let applied: Applied = {};
  for (const [phase, { steps }] of run.schedule.phases.entries()) {
    position = { ...position, phase, step: 0 };
    for (let i = 0; i < Math.min(iterations, steps); i++) {
      const done = await runIteration(run, state, position, applied);
      logged.push(done.logged);
      position = done.iteration.next;
      applied = done.applied;
    }
  }
  return { before, after: await whole(), logged, applied, runs };
}

/** The state, telling of each step before its results become the state. */
function recording(state: State, tell: (run: Omit<Recorded, 'iteration'>) => void): State {
  return {
    ...state,
    async step(graph, feeds) {
      const before = copied(await state.read());
      const step = await state.step(graph, feeds);
      tell({ graph, feeds: copied(feeds), numbers: step.numbers, state: before });
      return step;
    },
  };
}

const copied = (tensors: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
