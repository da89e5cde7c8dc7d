/**
 * Makes graphs (ir/opBuilder.ts has the methods). Equal nodes (operator, inputs, attributes) are one node. Shapes are
 * checked as nodes are made (ShapeError); what is trivially simpler is made simpler (ir/rules.ts).
 */
import type { Span } from '../../grammar/source.ts';
import { checkArity, isElementwise, opOf, ops } from './primitives/catalog.ts';
import type { Tensor } from './primitives/op.ts';
import { differentiate } from './differentiate.ts';
import { attrsKey } from './attributes.ts';
import type { Shape } from './dim.ts';
import type { Attributes, Node, NodeOf, OpName, Region } from './node.ts';
import { OpBuilder, type Symbols } from './opBuilder.ts';
import { identities, lookThrough, narrowConstants } from './rules.ts';
import { instantiate } from './substitute.ts';

/** That a spec asks for: of what, by what. */
export interface Derivative {
  readonly of: Node;
  readonly by: Node;
}

export class Builder extends OpBuilder {
  /** Everything that it has made, inputs before users. */
  readonly nodes: Node[] = [];
  private readonly known = new Map<OpName, Map<string | number, Node>>();
  private readonly after: boolean;
  private origin: Span | undefined;
  private region: Region | undefined;
  private owner: Node | undefined;
  private isOutside = false;
  /** What the spec calls a value: the first name of each node. */
  readonly names = new Map<Node, string>();
  /** Which nodes are derivatives that a spec asks for, and of what by what. */
  readonly gradients = new Map<Node, Derivative>();

  /** `after` the last differentiation more may be simplified; use ir/simplify.ts for that. */
  constructor(options: { after?: boolean } = {}) {
    super();
    this.after = options.after ?? false;
  }

  override has(node: Node): boolean {
    return this.nodes[node.id] === node;
  }

  override withOrigin<T>(origin: Span | undefined, make: () => T): T {
    const before = this.origin;
    this.origin = origin ?? before;
    try {
      return make();
    } finally {
      this.origin = before;
    }
  }

  override called(name: string, node: Node): Node {
    if (!this.names.has(node)) this.names.set(node, name);
    return node;
  }

  /** Nodes made inside belong to a call (unless they were there before). */
  within<T>(call: Omit<Region, 'parent'>, make: () => T): T {
    return this.inRegion({ ...call, parent: this.region }, make);
  }

  /** Nodes made inside are of a derivative. */
  derived<T>(make: () => T): T {
    const of = { kind: 'gradient', name: 'gradient', path: null, span: undefined } as const;
    return this.within({ ...of, parameters: new Map() }, make);
  }

  /**
   * Nodes made inside are one with others that were made for the same `owner`, and with no more: each of two layers that
   * compute the same is whole. (Simplification makes them one where a target has no layers.)
   */
  apart<T>(owner: Node, make: () => T): T {
    const before = this.owner;
    this.owner = owner;
    try {
      return make();
    } finally {
      this.owner = before;
    }
  }

  /** Nodes made inside belong to the call that was going on when this was asked for: for what is made late. */
  later<T>(make: () => T): () => T {
    const { region } = this;
    return () => this.inRegion(region, make);
  }

  /** Nodes made inside belong to no call: for what is computed in another form than calls say. */
  outsideCalls<T>(make: () => T): T {
    const before = this.isOutside;
    try {
      return this.inRegion(undefined, () => {
        this.isOutside = true;
        return make();
      });
    } finally {
      this.isOutside = before;
    }
  }

  private inRegion<T>(region: Region | undefined, make: () => T): T {
    const before = this.region;
    if (!this.isOutside) this.region = region;
    try {
      return make();
    } finally {
      this.region = before;
    }
  }

  override make<K extends OpName>(op: K, inputs: readonly Node[], attrs: Attributes[K]): Node {
    const known = this.known.get(op) ?? new Map<string | number, Node>();
    this.known.set(op, known);
    const own = inputs.length > 0 && this.owner;
    const key = own ? `${own.id}:${keyOf(inputs, attrs)}` : keyOf(inputs, attrs);
    const found = known.get(key);
    if (found) return found;
    checkArity(op, inputs);
    const shapes = inputs.map((x) => x.shape);
    const shape = ops[op].shape(shapes, attrs);
    const node = this.simpler(op, inputs, attrs, shape) ?? this.fresh(op, inputs, attrs, shape);
    known.set(key, node);
    return node;
  }

  /** A node as another builder has it, on these inputs and in this call: it stays apart from equal ones, and as it is. */
  copied<K extends OpName>(op: K, inputs: readonly Node[], attrs: Attributes[K], region?: Region): Node {
    const shapes = inputs.map((x) => x.shape);
    const node = this.inRegion(region, () => this.fresh(op, inputs, attrs, ops[op].shape(shapes, attrs)));
    const known = this.known.get(op) ?? new Map<string | number, Node>();
    this.known.set(op, known);
    const key = keyOf(inputs, attrs);
    if (!known.has(key)) known.set(key, node);
    return node;
  }

  private fresh<K extends OpName>(op: K, inputs: readonly Node[], attrs: Attributes[K], shape: Shape): Node {
    const origin = this.origin && { origin: this.origin };
    const region = this.region && { region: this.region };
    const made: NodeOf<K> = { id: this.nodes.length, op, inputs, attrs, shape, ...origin, ...region };
    // TypeScript doesn't see that a node of some primitive is a node of one of them.
    // eslint-disable-next-line @typescript-eslint/consistent-type-assertions
    const node = made as Node;
    this.nodes.push(node);
    return node;
  }

  private simpler<K extends OpName>(
    op: K,
    inputs: readonly Node[],
    attrs: Attributes[K],
    shape: Shape,
  ): Node | undefined {
    return (
      this.folded(op, inputs) ??
      identities[op]?.(this, inputs, attrs, shape) ??
      (isElementwise(op) ? narrowConstants(this, op, inputs, shape) : undefined) ??
      (this.after ? lookThrough(this, op, inputs, attrs, shape) : undefined)
    );
  }

  /** Arithmetic on constants of rank 0. */
  private folded(op: OpName, inputs: readonly Node[]): Node | undefined {
    if (!isElementwise(op)) return undefined;
    const values = inputs.flatMap((x): Tensor[] =>
      x.op === 'constant' && x.shape.length === 0
        ? [{ shape: [], data: Float64Array.from(x.attrs.values) }]
        : [],
    );
    if (values.length < inputs.length) return undefined;
    return this.constant(opOf(op).evaluate(values, {}, [], noBody).data[0]);
  }

  override vjp(y: Node, wrt: readonly Node[], cotangent: Node): Node[] {
    return differentiate(this, y, wrt, { cotangent });
  }
  override instantiate(
    roots: readonly Node[],
    replace: ReadonlyMap<Node, Node>,
    symbols: Symbols = {},
  ): Node[] {
    return instantiate(this, roots, replace, symbols);
  }
}

/** More nodes than a builder ever has. */
const mostNodes = 2 ** 26;

/** Equal for equal inputs and attributes of one primitive. Most are told nothing and have two inputs: a number is quick. */
function keyOf(inputs: readonly Node[], attrs: Attributes[OpName]): string | number {
  const told = attrsKey(attrs);
  if (told === '' && inputs.length === 2) return inputs[0].id * mostNodes + inputs[1].id;
  return `${inputs.map(({ id }) => id).join()}|${told}`;
}

function noBody(): Tensor {
  throw new Error('only a scan has a body');
}
