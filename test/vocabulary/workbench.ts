/**
 * A small `Call` and `Args` for tests of the vocabulary: weights, buffers and draws are named inputs of one graph, and
 * what an item observes or moves is kept. `finish` evaluates in float64 and compares gradients with central differences.
 */
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../../compiler/errors.ts';
import { assert } from 'chai';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { RowsTable } from '../../compiler/evaluate/rows.ts';
import { Builder } from '../../compiler/ir/builder.ts';
import { meanAll, sumAll } from '../../compiler/ir/compose.ts';
import {
  addDims,
  knownShape,
  mulDims,
  substituteDim,
  symbol,
  type Dim,
  type Shape,
} from '../../compiler/ir/dim.ts';
import { isFed, reachable, type Node } from '../../compiler/ir/node.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import { tensor } from '../../compiler/ir/primitives/tensor.ts';
import type { Initial } from '../../program/manifest.ts';
import { evaluateHost } from '../../program/host.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import { isStack, printRows, real, type RowOrigin, type TensorType } from '../../compiler/types.ts';
import type { DistributionValue, RecordValue, TensorValue, Value } from '../../compiler/values.ts';
import type {
  Args,
  Call,
  Heard,
  Mode,
  Builtin,
  NetworkFileSource,
} from '../../compiler/vocabulary/builtin.ts';
import { functions } from '../../compiler/vocabulary/functions.ts';
import { layers } from '../../compiler/vocabulary/layers.ts';
import { assertClose } from '../ops/differences.ts';
import { asValue, lazily, type Given } from './workbench-values.ts';
import { nameOf, randomTensor, stream } from '../ops/samples.ts';

export const vocabulary: Readonly<Record<string, Builtin>> = { ...layers, ...functions };

export type { Given };
type Sizes = Readonly<Record<string, number>>;

interface Own {
  readonly shape: readonly number[];
  readonly initial: Initial;
  readonly decay: boolean;
  readonly kind: 'weight' | 'buffer';
}

export class Workbench {
  readonly b = new Builder();
  readonly mode: Mode;
  readonly trained: boolean;
  readonly sizes: Sizes;
  readonly rows: RowsTable;
  readonly owned = new Map<string, Own>();
  readonly observed = new Map<string, Node[]>();
  readonly movedTo = new Map<string, Node>();
  readonly values = new Map<string, Tensor>();
  private readonly next = stream(7);
  private calls = 0;

  /** `sizes`: numbers for symbols; a row origin is a symbol unless it is the name of a number here. */
  constructor(options: { mode?: Mode; trained?: boolean; sizes?: Sizes; streams?: readonly string[] } = {}) {
    this.mode = options.mode ?? 'train';
    this.trained = options.trained ?? true;
    this.sizes = { data: 3, other: 2, 'data/3': 1, ...options.sizes };
    this.rows = new RowsTable(options.streams ?? ['data', 'other']);
  }

  /** Of networks. */
  readonly files = new Map<string, NetworkFileSource>();
  heard: Heard | null = null;
  /** What a callee gives: any function of two values will do. */
  called: (given: readonly Value[]) => Value = ([a, b]) => this.apply('distance', { a, b });
  rowCount(rows: RowOrigin): Dim {
    if (typeof rows === 'string') return symbol(this.rows.root(rows));
    if (isStack(rows)) return rows.map((part) => this.rowCount(part)).reduce(addDims, 0);
    if ('packed' in rows) return symbol(`${printRows(rows.packed)}/${rows.by}`);
    return rows.pairs.map((one) => this.rowCount(one)).reduce(mulDims);
  }

  /** An input of the spec, with rows of `data` by default. */
  input(name: string, shape: Shape, type: Partial<TensorType> = {}): TensorValue {
    const rows = type.rows === undefined ? 'data' : type.rows;
    const lead = rows === null ? [] : [this.rowCount(rows)];
    const node = this.b.input(name, [...lead, ...shape]);
    return { sort: 'tensor', node, type: { ...real(shape, rows), ...type, rows }, ident: name };
  }

  call(layer: string): Call {
    const { b } = this;
    const ident = `${layer}_${++this.calls}`;
    const own =
      (kind: Own['kind']) =>
      (name: string, shape: Shape, initial: Initial, options?: { decay: boolean }): Node => {
        const path = `${layer}.${name}`;
        const decay = options?.decay ?? false;
        this.owned.set(path, { shape: shape as number[], initial, decay, kind });
        return b.input(path, shape);
      };
    const make = (node: Node, type: TensorType, name: string): TensorValue => ({
      sort: 'tensor',
      node,
      type,
      ident: name,
    });
    return {
      b,
      span: { source: { path: 'test.gan', text: '' }, start: 0, end: 0 },
      mode: this.mode,
      trained: this.trained,
      weight: own('weight'),
      buffer: own('buffer'),
      networkFile: (path) => this.files.get(path)!,
      observe: (name, batch) => void this.observed.set(name, [...(this.observed.get(name) ?? []), batch]),
      move: (name, next) => void this.movedTo.set(name, next),
      inner: (part, _, __, make) => make(this.call(`${layer}.${part}`)),
      draw: (name, distribution, shape, k) => b.draw(distribution, `${ident}/${name}`, shape, k),
      scalar: (value) => b.constant(evaluateHost(value, {})),
      tensor: (node, type) => make(node, type, ident),
      part: (name, node, type) => make(node, type, `${ident}.${name}`),
      biased: (unbiased, biased, type) => lazily(unbiased, biased, type, ident),
      join: (x, y) => this.join(x, y),
      addends: (x, y) => this.addends(x, y),
      rowCount: (rows) => this.rowCount(rows),
      allRows: ({ node }) => b.regroup(node, node.shape, 'all'),
      demand: () => undefined,
      apply: (_, given) => this.called(given),
      gradient: (y, x) => differentiate(b, sumAll(b, y.node), [x.node])[0],
      played: () => undefined,
      heard: () => this.heard,
      requireKnown: () => undefined,
      fail: (kind, details) => {
        throw new Mistake(kind, details);
      },
    };
  }

  /** As once rows are settled: what has not met gives its mean. */
  private addends(x: TensorValue, y: TensorValue): readonly [TensorValue, TensorValue] {
    const [a, b] = [x.type.rows, y.type.rows];
    if (a === null || b === null || this.rows.join(a, b) !== null) return [x, y];
    const mean = (value: TensorValue): TensorValue => ({
      ...value,
      node: meanAll(this.b, value.node),
      type: { ...value.type, form: 'scalar', shape: [], rows: null },
    });
    return [mean(x), mean(y)];
  }

  private join(x: RowOrigin | null, y: RowOrigin | null): RowOrigin | null {
    if (x === null || y === null) return x ?? y;
    const joined = this.rows.join(x, y);
    if (joined === null) throw new Mistake(kinds.rows, { what: 'rows of two streams', hint: 'stack' });
    return joined;
  }

  /** Calls an item by its language name; `given` by parameter name. */
  apply(name: string, given: Readonly<Record<string, Given>>): Value {
    const item = vocabulary[name];
    const unknown = Object.keys(given).filter((key) => !item.params.some((p) => p.name === key));
    assert.deepEqual(unknown, [], `${name} has no such parameters`);
    return item.build(this.call(name), this.args(item, given));
  }

  tensor(name: string, given: Readonly<Record<string, Given>>): TensorValue {
    const value = this.apply(name, given);
    assert(value.sort === 'tensor', `${name} gives a tensor`);
    return value;
  }
  record(name: string, given: Readonly<Record<string, Given>>): RecordValue {
    const value = this.apply(name, given);
    assert(value.sort === 'record', `${name} gives a record`);
    return value;
  }
  distribution(name: string, given: Readonly<Record<string, Given>>): DistributionValue {
    const value = this.apply(name, given);
    assert(value.sort === 'distribution', `${name} gives a distribution`);
    return value;
  }

  /** The mistake that a call makes. */
  mistake(
    name: string,
    given: Readonly<Record<string, Given>>,
  ): { name: string; what: string; hint?: string } {
    try {
      this.apply(name, given);
    } catch (error) {
      if (error instanceof Mistake) {
        assert.isNotEmpty(error.details.hint ?? '', `${error.details.what}: a way out`);
        const { kind, details } = error;
        const [name] = Object.entries(kinds).find(([, one]) => one === kind)!;
        return { name, what: details.what, hint: details.hint };
      }
      throw error;
    }
    return assert.fail(`${name} makes no mistake`);
  }

  private args(item: Builtin, given: Readonly<Record<string, Given>>): Args {
    const at = (name: string): Given => {
      const param = item.params.find((p) => p.name === name);
      assert(param !== undefined, `no parameter ${name}`);
      const found = given[name] ?? param.default;
      assert(found !== undefined && found !== null, `${name} has no value`);
      return found as Given;
    };
    const valueAt = (name: string): Value => asValue(at(name));
    return {
      has: (name) => (given[name] ?? item.params.find((p) => p.name === name)!.default ?? null) !== null,
      int: (name) => at(name) as number,
      real: (name) => at(name) as number,
      bool: (name) => at(name) as boolean,
      string: (name) => at(name) as string,
      choice: (name) => at(name) as string,
      reals: (name) => [at(name)].flat() as number[],
      scalar: (name) => at(name) as number,
      tensor: (name) => this.asTensor(valueAt(name)),
      distribution: (name) => valueAt(name) as DistributionValue,
      value: valueAt,
      values: (name) => ([at(name)].flat() as Given[]).map(asValue),
    };
  }

  private asTensor(value: Value): TensorValue {
    if (value.sort === 'tensor') return value;
    assert(value.sort === 'number');
    const node = this.b.constant(value.value as number);
    return { sort: 'tensor', node, type: real([], null), ident: String(value.value) };
  }

  /** Gives an input, weight, buffer or draw its values (default: random ones). */
  set(name: string, shape: readonly number[], values: ArrayLike<number>): void {
    this.values.set(name, tensor(shape, values));
  }

  /** The values of nodes; what has none yet gets random ones, ±[0.3, 1.3], or [0, 1) for uniform draws. */
  run(...nodes: Node[]): Tensor[] {
    const leaves = reachable(nodes).filter(isFed);
    for (const leaf of leaves) {
      const name = nameOf(leaf);
      if (this.values.has(name)) continue;
      const shape = knownShape(leaf.shape.map((dim) => substituteDim(dim, this.sizes)));
      const uniform =
        leaf.op === 'draw' && leaf.attrs.distribution === 'uniform'
          ? { from: 0.02, to: 0.98, positive: true }
          : {};
      this.values.set(name, randomTensor(shape, this.next, uniform));
    }
    return evaluate(nodes, { inputs: this.values, draws: this.values, symbols: this.sizes });
  }

  /** The gradient of Σ c·y by each named input or weight, against central differences. */
  checkGradients(y: Node, names: readonly string[], tolerance = 1e-7): void {
    const { b } = this;
    const scored = sumAll(b, b.mul(y, y.shape.length === 0 ? b.constant(1) : b.input('cotangent', y.shape)));
    const leaves = names.map((name) => {
      const leaf = reachable([y]).find((node) => node.op === 'input' && nameOf(node) === name);
      assert(leaf !== undefined, `${name} is in the graph`);
      return leaf;
    });
    const gradients = this.run(scored, ...differentiate(b, scored, leaves)).slice(1);
    names.forEach((name, i) => {
      assertClose(gradients[i], this.differences(scored, name), tolerance, `d/d${name}`);
    });
  }

  /** Whether a node depends on the input `name`. */
  reads(y: Node, name: string): boolean {
    return reachable([y]).some((node) => node.op === 'input' && nameOf(node) === name);
  }

  private differences(y: Node, name: string, step = 1e-5): Tensor {
    const x = this.values.get(name)!;
    const at = (i: number, change: number): number => {
      const data = Float64Array.from(x.data);
      data[i] += change;
      this.values.set(name, { shape: x.shape, data });
      return this.run(y)[0].data[0];
    };
    const slopes = [...x.data.keys()].map((i) => (at(i, step) - at(i, -step)) / (2 * step));
    this.values.set(name, x);
    return tensor(x.shape, slopes);
  }
}
