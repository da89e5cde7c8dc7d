/**
 * The evaluation contexts of lowering: real batch sizes for an update, symbolic rows for a report. Weights are inputs by
 * name.
 */
import type { Catalogue } from '../../program/catalogue.ts';
import type { InputOrigin } from '../../program/manifest.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { newEffects, type Context } from '../evaluate/context.ts';
import { evaluate } from '../evaluate/expression.ts';
import { RowsTable } from '../evaluate/rows.ts';
import { asserting, type TypeTable } from '../evaluate/typing.ts';
import type { Builder } from '../ir/builder.ts';
import { symbol, type Dim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import { averageName } from '../leaves.ts';
import type { Model } from '../model.ts';

/** What lowering a spec shares between its graphs. */
export interface Lowering {
  readonly model: Model;
  readonly catalogue: Catalogue;
}

/** What an evaluation asks for of weights and buffers, in order. */
export type Asked = Map<string, Node>;

/** A context for one update: statistics and losses of its own. */
export function trainContext(
  { model, catalogue }: Lowering,
  b: Builder,
  trained: Iterable<string>,
  origins: Map<string, InputOrigin>,
  asked: Asked,
): Context {
  return {
    names: model.names,
    catalogue,
    evaluate,
    b,
    mode: 'train',
    rows: model.rows,
    rowCount: (name) => batchOf(model, name),
    weights: model.weights,
    declare: ({ name }) => {
      throw new Error(`the analysis found no weight ${name}`);
    },
    state: (info, averaged) => stateNode(b, asked, averaged ? averageName(info) : info.name, info.shape),
    constants: () => new Set(asked.values()),
    trained: new Set(trained),
    bound: new Map(),
    origins,
    acrossRows: new Map(),
    effects: newEffects(),
    inError: new Map(),
    standIns: new Set(),
    memo: new Map(),
    calls: new Map(),
    typing: asserting(model.types),
    leavesOut: false,
    salt: '',
    called: () => undefined,
    say: unexpected,
  };
}

/** A context for one line of a report: any number of rows, rows of its own. */
export function reportContext(
  lowering: Lowering,
  b: Builder,
  mode: 'report' | 'recalibrate',
  origins: Map<string, InputOrigin>,
  types: TypeTable,
): Context {
  const asked: Asked = new Map();
  return {
    ...trainContext(lowering, b, [], origins, asked),
    mode,
    typing: asserting(types),
    rows: new RowsTable(lowering.model.names.data.keys()),
    rowCount: () => symbol('N'),
    state: (info, averaged) => stateNode(b, asked, averaged ? averageName(info) : info.name, info.shape),
  };
}

/** The analysis has found every mistake; another one is the compiler's. */
function unexpected({ what, span }: Diagnostic): never {
  throw new Error(
    `lowering found what the analysis let through at ${span.source.path}:${span.start}: ${what}`,
  );
}

function stateNode(b: Builder, asked: Asked, name: string, shape: readonly number[]): Node {
  const node = asked.get(name) ?? b.input(name, shape);
  asked.set(name, node);
  return node;
}

/** What has no batch is read by nothing that is trained: a part of a record, say, of which another part is. */
const batchOf = ({ batches }: Model, name: string): Dim => batches.get(name) ?? symbol(name);
