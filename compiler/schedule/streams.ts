/** The streams that a run reads, as its manifest has them. */
import type { GraphEntry, Length, StreamEntry } from '../../program/manifest.ts';
import type { Model } from '../model.ts';

/** Those of the schedule and of reports; an update counts in epochs of what it reads. */
const lengthsIn = ({ schedule, reports }: Model): Length[] =>
  [
    schedule.length,
    ...schedule.phases.map(({ length }) => length),
    ...reports.flatMap(({ every, at = [], lines }) => [
      ...[every, ...at],
      ...lines.flatMap((line) => [line.every, ...(line.at ?? []), line.length]),
    ]),
  ].filter((length) => length !== null);

/** Streams that some graph reads or some length counts. */
export function streamEntries(model: Model, graphs: readonly GraphEntry[], parts: number): StreamEntry[] {
  const inputs = graphs.flatMap((graph) => graph.inputs);
  const read = new Set(inputs.flatMap(({ from }) => (from.kind === 'field' ? [from.stream] : [])));
  for (const { of } of lengthsIn(model)) if (of !== null) read.add(of);
  return [...model.names.data]
    .filter(([name]) => read.has(name))
    .map(([name, info]) => ({
      name,
      source: info.source,
      args: info.args,
      fields: info.fields,
      convert: info.convert,
      // Without a batch only reports read it: they take its rows in order.
      batch: (model.batches.get(name) ?? 1) * (model.batches.has(name) ? parts : 1),
      description: info.description,
    }));
}
