/**
 * `ganc plan SPEC`: what a run would be, before anything runs: networks, updates, memory, operations, and after a trial of
 * some iterations the time to the end. In: a spec; out: tables or JSON. Nothing is left on the disk.
 */
import { resolve } from 'node:path';
import { costed } from '../compiler/compile.ts';
import { jsonText } from '../grammar/visible.ts';
import type { Source } from '../grammar/source.ts';
import type { Manifest } from '../program/manifest.ts';
import type { DeviceName, EngineIdentity } from '../runtime/engines/engine.ts';
import { loadOnnxruntime } from '../runtime/engines/onnxruntime.ts';
import { countsOf } from '../runtime/run/counts.ts';
import { described, layoutFor } from '../runtime/run/new-run.ts';
import { schedule, stopAt } from '../runtime/run/schedule.ts';
import { chooseEngine } from '../runtime/run/session.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { defaultThreads } from './machine.ts';
import { peakBytes } from './peak.ts';
import { plannedFlops, plannedTime, plannedUpdates } from './plan-facts.ts';
import type { PlanFacts } from './plan-facts.ts';
import { graphUses, plannedMemory } from './plan-memory.ts';
import { planText } from './plan-text.ts';
import { outWidth } from './wrapped.ts';
import type { Target } from './program.ts';
import { readSpec, say } from './read.ts';
import { dataFolder, hostFor } from './spec.ts';
import type { Terminal } from './terminal.ts';
import { tryRun } from './trial.ts';

export interface PlanOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly target?: Target;
  readonly device?: DeviceName;
  readonly threads?: number;
  readonly steps?: number;
  readonly epochs?: number;
  /** Whether to try how long iterations take. */
  readonly time: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function plan(file: string, options: PlanOptions, terminal: Terminal): Promise<ExitCode> {
  const facts = await planOf(await readSpec(file, terminal), options, terminal);
  terminal.out(options.json ? `${jsonText(facts, 2)}\n` : planText(facts, outWidth(terminal)));
  return exitCodes.fine;
}

async function planOf(entry: Source, options: PlanOptions, terminal: Terminal): Promise<PlanFacts> {
  const { set, profile, target = 'onnx', device = 'auto', threads = defaultThreads() } = options;
  const layout = layoutFor(target, device);
  const made = costed(entry, hostFor(entry), (manifest) => graphUses(manifest, countsIn(manifest, options)), {
    set,
    profile,
    target,
    device: layout,
  });
  const { program, costs, architecture } = made;
  if (!say(terminal, made.diagnostics) || !program || !costs || !architecture)
    throw new Exit(exitCodes.diagnostics);
  const { manifest } = program;
  const engine = await chooseEngine(manifest, device, threads);
  const counts = countsIn(manifest, options);
  const base = await processBytes(engine);
  const tried = options.time ? await trial(entry, program, engine, counts, options, terminal) : null;
  const peak = tried && tried.peakBytes + threadBytes;
  return {
    name: manifest.name,
    spec: entry.path,
    profile: manifest.profile,
    engine: `${engine.name} ${engine.device}, ${engine.threads} threads`,
    iterations: counts.phases.reduce((sum, { iterations }) => sum + iterations, 0),
    batches: Object.fromEntries(
      manifest.streams.flatMap(({ name, batch }) => (readInTraining(manifest, name) ? [[name, batch]] : [])),
    ),
    networks: costs.networks,
    updates: plannedUpdates(architecture, costs),
    memory: plannedMemory(manifest, costs, counts, base, peak),
    flops: plannedFlops(costs, counts),
    time: tried && plannedTime(costs, counts, tried),
  };
}

function countsIn(manifest: Manifest, { steps, epochs }: PlanOptions) {
  const rows = Object.fromEntries(
    Object.entries(described(manifest)).map(([name, { count }]) => [name, count]),
  );
  const scheduled = schedule(manifest, rows);
  return countsOf(scheduled, manifest.reports, stopAt(scheduled, steps ?? null, epochs ?? null));
}

const readInTraining = ({ graphs }: Manifest, stream: string): boolean =>
  Object.entries(graphs).some(
    ([name, { inputs }]) =>
      name.startsWith('step_') && inputs.some(({ from }) => from.kind === 'field' && from.stream === stream),
  );

/** The thread that trains is one more beside the command's, with the same code. */
const threadBytes = 60e6;

/** What is resident before data and state are: the compiler has run, and the engine is loaded as a run loads it. */
async function processBytes(engine: EngineIdentity): Promise<number> {
  if (engine.name.startsWith('onnxruntime')) await loadOnnxruntime();
  // At most: what compiling took is not given back before the run takes as much.
  return peakBytes() + threadBytes;
}

async function trial(
  entry: Source,
  program: Parameters<typeof tryRun>[0],
  engine: EngineIdentity,
  counts: ReturnType<typeof countsIn>,
  { set, profile, quiet, json }: PlanOptions,
  terminal: Terminal,
): ReturnType<typeof tryRun> {
  const said = !quiet && !json;
  if (said) terminal.err('timing a few iterations and each report once (--no-time leaves it out) ...\n');
  const { params } = program.manifest;
  const folder = resolve(dataFolder(entry));
  const info = { set, profile: profile ?? null, params, folder, seed: 1, device: engine.device };
  return tryRun(program, engine, info, counts);
}
