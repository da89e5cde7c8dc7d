/**
 * Many rows of a report's values, some at a time, with what they were made of: for files, which hold more than memory does. In:
 * a graph and its outputs; out: chunks of rows, their draws and their labels.
 */
import type { ValueRef } from '../../program/manifest.ts';
import type { Floats, Tensor, Tensors } from '../engines/engine.ts';
import type { Moment } from './result.ts';
import { still } from './pulse.ts';
import { known, newView, rowsAt, rowsAtOnce, runReport } from './values.ts';
import type { ReportContext } from './values.ts';

export interface SampledRows {
  readonly from: number;
  readonly rows: number;
  readonly values: Tensors;
  /** By key: a sample's name. */
  readonly drawn: ReadonlyMap<string, Floats>;
  /** Of the streams that the graph reads, by `stream.field`. */
  readonly fields: ReadonlyMap<string, Tensor>;
}

/** Rows of a stream, or samples: never more than the stream has, unless a plan goes over its rows again and again. */
export function rowsToSample({ streams, plan }: ReportContext, { rows }: ValueRef, wanted: number): number {
  if (!('stream' in rows)) return wanted;
  const count = streams.counts[rows.stream];
  if (plan === undefined) return Math.min(wanted, count);
  // Of a plan every row of the data stands for several.
  let most = wanted;
  while (most > 0 && plan.rowOf(most - 1) >= count) most--;
  return most;
}

/** Throws Error with a sentence where rows have lengths of their own. */
export async function* sampledRows(
  context: ReportContext,
  moment: Moment,
  graph: string,
  outputs: readonly string[],
  rows: number,
): AsyncGenerator<SampledRows> {
  const entry = known(context.manifest.graphs, graph, 'graph');
  const most = rowsAtOnce(entry);
  const open = entry.inputs.find(
    ({ from, shape }) => from.kind === 'field' && shape.slice(1).some((size) => typeof size === 'string'),
  );
  if (open !== undefined)
    throw new Error(
      `${open.name.replace('field:', '')} has rows of lengths of their own: write the sound or the picture instead`,
    );
  const view = newView({ context, moment, items: [], replaced: new Map(), pulse: still });
  for (let from = 0; from < rows; from += most) {
    const to = Math.min(rows, from + most);
    const drawn = new Map<string, Floats>();
    const fields = new Map<string, Tensor>();
    const { order, field } = rowsAt(context, from, to);
    const values = await runReport(view, graph, outputs, {
      rows: to - from,
      order: {
        ...order,
        change: (draw) => {
          order.change?.(draw);
          drawn.set(draw.key, draw.data.slice());
        },
      },
      field: (stream, name) => {
        const tensor = field(stream, name);
        fields.set(`${stream}.${name}`, tensor);
        return tensor;
      },
    });
    yield { from, rows: to - from, values, drawn, fields };
  }
}
