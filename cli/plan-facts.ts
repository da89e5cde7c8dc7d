/**
 * What `ganc plan` says, as plain data. In: what the compiler counted, how often a run does it, what trying took; out:
 * tables' worth of numbers: bytes, operations, seconds.
 */
import type { Architecture } from '../compiler/architecture/architecture.ts';
import type { Costs } from '../compiler/costs/costs.ts';
import type { Manifest, ReportItem } from '../program/manifest.ts';
import { updateFacts } from '../page/update-facts.ts';
import type { RunCounts } from '../runtime/run/counts.ts';
import type { Trial } from './trial.ts';

export interface PlannedUpdate {
  readonly name: string;
  readonly phase: string | null;
  readonly text: string;
  readonly trains: readonly string[];
  readonly reads: readonly string[];
  /** Networks that it computes and leaves as they are. */
  readonly uses: readonly string[];
  /** Networks whose forward work an earlier update of the iteration did for it. */
  readonly shares: readonly string[];
  /** Networks that an earlier update computed too, with weights that have moved since. */
  readonly recomputes: readonly string[];
  readonly flops: number;
  readonly sharedFlops: number;
  readonly recomputedFlops: number;
  /** Bytes of its optimizer's state. */
  readonly optimizer: number;
}

/** Bytes. */
export interface PlannedMemory {
  /** Node, ganc and the engine before any of the rest. */
  readonly process: number;
  readonly data: number;
  readonly weights: number;
  readonly optimizer: number;
  readonly averages: number;
  /** Each step writes the next state beside the one that it reads. */
  readonly nextState: number;
  /** What steps compute at their peaks. */
  readonly steps: number;
  /** What reports compute, and the values that they keep until a line is done. */
  readonly reports: number;
  /** All of these at once. */
  readonly counted: number;
  /** What the process held at most while a run was tried; null where none was. */
  readonly tried: number | null;
  /** As tried, or else as counted. */
  readonly peak: number;
}

export interface PlannedTime {
  readonly startSeconds: number;
  readonly iterationMs: number;
  readonly trainingSeconds: number;
  readonly reportSeconds: number;
  /** The last checkpoint and the page. */
  readonly endSeconds: number;
  readonly seconds: number;
}

export interface PlanFacts {
  readonly name: string;
  readonly spec: string;
  readonly profile: string | null;
  readonly engine: string;
  readonly iterations: number;
  readonly batches: Readonly<Record<string, number>>;
  readonly networks: Costs['networks'];
  readonly updates: readonly PlannedUpdate[];
  readonly memory: PlannedMemory;
  /** Of matrix products and convolutions: an iteration's on the mean, and all of them. */
  readonly flops: { readonly iteration: number; readonly run: number };
  readonly time: PlannedTime | null;
}

export function plannedUpdates(architecture: Architecture, { updates }: Costs): PlannedUpdate[] {
  const facts = updateFacts(architecture);
  return architecture.updates.flatMap(({ name }, i): PlannedUpdate[] => {
    const cost = updates.find(({ update }) => update === name);
    if (cost === undefined) return [];
    const { text, phase, learns, uses, reads } = facts[i];
    const { flops, shares, recomputes, optimizer } = cost;
    return [
      {
        name,
        phase,
        text,
        trains: learns,
        reads,
        uses,
        shares: shares.networks,
        recomputes: recomputes.networks,
        flops,
        sharedFlops: shares.flops,
        recomputedFlops: recomputes.flops,
        optimizer,
      },
    ];
  });
}

/**
 * onnxruntime runs a graph first with memory that it takes value by value, and from then on with one block for all that
 * it saw: the first stays beside the second.
 */
const blocks = 2;

/** `base`: what the process takes before data and state are there; `tried`: at most, while a run was tried. */
export function plannedMemory(
  manifest: Manifest,
  costs: Costs,
  base: number,
  tried: number | null,
): PlannedMemory {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const [weights, optimizer, averages] = (['bytes', 'optimizer', 'averages'] as const).map((kind) =>
    sum(costs.networks.map((network) => network[kind])),
  );
  const data = sum(Object.values(costs.data));
  const steps = Object.keys(costs.graphs).filter((name) => name.startsWith('step_'));
  const bytesOf = (graphs: readonly string[]): number =>
    sum(graphs.map((name) => costs.graphs[name]?.bytes ?? 0));
  const reported = Object.keys(costs.graphs).filter((name) => !steps.includes(name));
  const nextState = weights + optimizer + averages;
  const reports = bytesOf(reported) + keptValues(manifest);
  const parts = {
    process: base,
    data,
    weights,
    optimizer,
    averages,
    nextState,
    steps: blocks * bytesOf(steps),
    reports,
  };
  const counted = sum(Object.values(parts));
  return { ...parts, counted, tried, peak: tried ?? counted };
}

/** The values of the report line that keeps most, row by row until its metric is computed. */
function keptValues({ reports, graphs, streams, float }: Manifest): number {
  const element = float === 'float32' ? 4 : 8;
  const lines = reports.flatMap(({ items }) => items);
  const ofLine = (item: ReportItem): number => {
    if (item.kind !== 'metric') return 0;
    const refs = item.sets.flatMap(({ values }) => Object.values(values));
    return refs.reduce((sum, { graph, output, rows: origin }) => {
      const shape = graphs[graph]?.outputs.find(({ name }) => name === output)?.shape ?? [];
      const width = shape.slice(1).reduce<number>((n, size) => n * (typeof size === 'number' ? size : 1), 1);
      const stream = 'stream' in origin ? streams.find(({ name }) => name === origin.stream) : undefined;
      return sum + element * width * (stream?.description?.count ?? item.rows);
    }, 0);
  };
  return lines.reduce((most, item) => Math.max(most, ofLine(item)), 0);
}

export function plannedFlops({ graphs }: Costs, { phases }: RunCounts): PlanFacts['flops'] {
  const run = phases.reduce((sum, { graphs: runs }) => sum + flopsOf(graphs, [...runs]), 0);
  const iterations = phases.reduce((sum, phase) => sum + phase.iterations, 0);
  return { iteration: iterations === 0 ? 0 : run / iterations, run };
}

const flopsOf = (graphs: Costs['graphs'], runs: readonly (readonly [string, number])[]): number =>
  runs.reduce((sum, [graph, times]) => sum + times * (graphs[graph]?.flops ?? 0), 0);

/** Iterations that were timed may have run graphs that others don't (`every`): time goes by operations then. */
export function plannedTime({ graphs }: Costs, { phases }: RunCounts, trial: Trial): PlannedTime {
  const times = phases.map(({ iterations, graphs: runs }, i) => {
    const { iterationMs, timed, graphs: tried } = trial.phases[i];
    const sample = tried.map((graph) => [graph, 1] as const);
    const [mean, seen] = [flopsOf(graphs, [...runs]) / iterations, flopsOf(graphs, sample) / timed];
    return iterations * iterationMs * (seen > 0 ? mean / seen : 1);
  });
  const iterations = phases.reduce((sum, phase) => sum + phase.iterations, 0);
  const trainingSeconds = times.reduce((a, b) => a + b, 0) / 1000;
  const reportSeconds = trial.reports.reduce((sum, { times: count, seconds }) => sum + count * seconds, 0);
  const [startSeconds, endSeconds] = [trial.startMs / 1000, trial.endMs / 1000];
  return {
    startSeconds,
    iterationMs: iterations === 0 ? 0 : (1000 * trainingSeconds) / iterations,
    trainingSeconds,
    reportSeconds,
    endSeconds,
    seconds: startSeconds + trainingSeconds + reportSeconds + endSeconds,
  };
}
