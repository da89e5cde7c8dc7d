/** How often a run does what, counted by walking through its schedule. In: a schedule and reports; out: counts. */
import type { ReportEntry, ReportItem } from '../../program/manifest.ts';
import { dueOf, iterationAt, reportDue, start, type Position, type Schedule } from './schedule.ts';

export interface PhaseCount {
  /** Where it begins. */
  readonly from: Position;
  readonly name: string | null;
  readonly iterations: number;
  /** How often each step graph runs in all of them. */
  readonly graphs: ReadonlyMap<string, number>;
}

export interface RunCounts {
  readonly phases: readonly PhaseCount[];
  /** Lines that are due after the same iteration are made together; all of them are at the end. */
  readonly reports: readonly ReportCount[];
}

/** A report: its lines, in their order, and how often just these are due. */
export interface ReportCount {
  readonly items: readonly ReportItem[];
  readonly times: number;
}

/** Of the iterations up to `stop`. */
export function countsOf(schedule: Schedule, reports: readonly ReportEntry[], stop: number): RunCounts {
  const phases = new Map<number, PhaseCount & { iterations: number; graphs: Map<string, number> }>();
  const lines = reports.flatMap((report) => report.items.map((item) => ({ item, due: dueOf(item, report) })));
  const made = new Map<string, ReportCount>();
  let position = start;
  while (position.iteration < stop) {
    const { phase, runs, next } = iterationAt(schedule, position);
    const count = phases.get(next.phase) ?? {
      from: position,
      name: phase.name,
      iterations: 0,
      graphs: new Map<string, number>(),
    };
    phases.set(next.phase, count);
    count.iterations++;
    for (const { graph } of runs) count.graphs.set(graph, (count.graphs.get(graph) ?? 0) + 1);
    const due = lines.filter(
      (line) => next.iteration === stop || reportDue(line.due, schedule, position, next),
    );
    if (due.length > 0) {
      const key = due.map((line) => lines.indexOf(line)).join();
      made.set(key, { items: due.map(({ item }) => item), times: (made.get(key)?.times ?? 0) + 1 });
    }
    position = next;
  }
  return { phases: [...phases.values()], reports: [...made.values()] };
}
