/**
 * `recalibrate E(mnist.image) for 1000 steps`: statistics of batch norms taken anew. In: the view of the lines above; out:
 * the values that the lines below see in their place.
 */
import type { Length, Manifest } from '../../program/manifest.ts';
import { usualRows } from '../../program/manifest.ts';
import type { Tensor } from '../engines/engine.ts';
import { floats, known, runReport, type Item, type ReportContext, type View } from './values.ts';

/**
 * The replaced statistics and, over them, the means of the graph's state outputs over `length` minibatches. They are
 * those of the first passes, and the draws are fixed too, so that the same weights always give the same statistics.
 */
export async function recalibrated(view: View, item: Item<'recalibrate'>): Promise<Map<string, Tensor>> {
  const { context } = view;
  const graph = known(context.manifest.graphs, item.graph, 'graph');
  const outputs = graph.outputs.flatMap(({ name, to }) =>
    to.kind === 'state' ? [{ name, state: to.state }] : [],
  );
  const batches = batchesOf(context, item.length);
  const shapes = Object.fromEntries(context.manifest.state.map(({ name, shape }) => [name, shape]));
  const sums = new Map(outputs.map(({ name, state }) => [name, zeros(known(shapes, state, 'state'))]));
  for (let batch = 0; batch < batches; batch++) {
    view.pulse(batch / batches);
    const got = await runReport(
      view,
      item.graph,
      outputs.map(({ name }) => name),
      {
        rows: rowsOf(context.manifest, item.stream),
        scope: batch,
        field: (stream, field) => context.streams.batch(stream, batch, field),
      },
    );
    for (const [name, sum] of sums) got[name].data.forEach((x: number, i: number) => (sum[i] += x / batches));
  }
  const means = outputs.map(({ name, state }): [string, Tensor] => [
    state,
    { shape: shapes[state], data: floats(context.manifest, sums.get(name)!) },
  ]);
  return new Map([...view.replaced, ...means]);
}

function batchesOf({ schedule }: ReportContext, length: Length): number {
  return length.unit === 'steps' ? length.count : length.count * schedule.epoch[length.of];
}

/** Rows of a minibatch: the stream's, else those of the first one. */
function rowsOf({ streams }: Manifest, name: string | null): number {
  return (streams.find((stream) => stream.name === name) ?? streams.at(0))?.batch ?? usualRows;
}

const zeros = (shape: readonly number[]): Float64Array =>
  new Float64Array(shape.reduce((product, dim) => product * dim, 1));
