/**
 * Rows in a minibatch: the one place that decides them. A stream has its own `batch`, else the schedule's; a sample takes
 * that of the stream whose rows it shares, else its own or that of a sample it has met, else the schedule's.
 */
import type { Names } from '../bind/names.ts';
import type { RowsTable } from '../evaluate/rows.ts';

/** Those that are known before anything has met; `schedule`: what `train for …, batch n` says. */
export function writtenBatches({ data, samples }: Names, schedule: number | null): Map<string, number> {
  const streams = [...data].map(([name, info]) => [name, info.batch ?? schedule] as const);
  const own = [...samples].map(([name, info]) => [name, info.batch] as const);
  return new Map([...streams, ...own].flatMap(([name, size]) => (size === null ? [] : [[name, size]])));
}

/** Of every stream and sample that has one, once all rows have met. */
export function batchesOf(names: Names, rows: RowsTable, schedule: number | null): Map<string, number> {
  const written = writtenBatches(names, schedule);
  const of = (name: string): number | null =>
    rows.isStream(name) ? (written.get(rows.root(name)) ?? null) : (rows.sized(name)?.batch ?? schedule);
  return new Map(
    [...names.data.keys(), ...names.samples.keys()].flatMap((name) => {
      const batch = of(name);
      return batch === null ? [] : [[name, batch] as const];
    }),
  );
}
