/**
 * What `ganc plan` says, as plain data. In: what the compiler counted, how often a run does it, what trying took; out:
 * tables' worth of numbers: bytes, operations, seconds.
 */
import type { Architecture } from '../compiler/architecture/architecture.ts';
import type { Costs } from '../compiler/costs/costs.ts';
import { updateFacts } from '../page/update-facts.ts';
import type { RunCounts } from '../runtime/run/counts.ts';
import type { PlannedMemory } from './plan-memory.ts';
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
