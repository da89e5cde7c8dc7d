/**
 * Values as numbers: equal exactly where two values are computed in the same way from the same leaves, in one spec or in two.
 * In: nodes of any graph; out: a token each. Networks, samples and fields count by their names alone, so that what
 * changes in them is told once, where they are declared. Draws that have no name are told apart by the order in which they are met.
 */
import type { Names } from '../bind/names.ts';
import type { Dim } from '../ir/dim.ts';
import { isSubgraph, type Attribute, type Attrs } from '../ir/attributes.ts';
import { reachable, type Node, type Region, type Subgraph } from '../ir/node.ts';

/** Gives each key a number, the same for both specs. */
export class Interner {
  private readonly known = new Map<string, number>();

  number(key: string): number {
    const found = this.known.get(key) ?? this.known.size;
    this.known.set(key, found);
    return found;
  }
}

/** What nodes of one spec are read by. */
export interface Reading {
  readonly interner: Interner;
  readonly names: Names;
  /** What the other spec calls a network, stream, sample or state of this one. */
  readonly renamed: (name: string) => string;
}

/** What is known of a graph's nodes: the derivatives that a spec asks for, and what it calls its samples. */
export interface Known {
  readonly gradients: ReadonlyMap<Node, { readonly of: Node; readonly by: Node }>;
  readonly called: ReadonlyMap<Node, string>;
}

const commutative: ReadonlySet<string> = new Set(['add', 'mul', 'max', 'min', 'equal']);

/** Tokens of the values of one expression. `symbols`: what variables of a signature are called, in their order. */
export class Tokens {
  private readonly memo = new Map<Node, number>();
  private readonly draws = new Map<string, number>();
  private readonly reading: Reading;
  private readonly known: Known;
  private readonly symbols: readonly string[];

  constructor(reading: Reading, known: Known, symbols: readonly string[] = []) {
    this.reading = reading;
    this.known = known;
    this.symbols = symbols;
  }

  /** Leaves that are known by their place alone: the parameters of a network's body. */
  given(nodes: readonly Node[]): this {
    for (const [i, node] of nodes.entries())
      this.memo.set(node, this.reading.interner.number(`parameter ${i} of a body`));
    return this;
  }

  /** As the `same` of what is said. */
  text(...nodes: readonly Node[]): string {
    return nodes.map((node) => `#${this.of(node)}`).join(' ');
  }

  private of(node: Node): number {
    const known = this.memo.get(node);
    if (known !== undefined) return known;
    const token = this.reading.interner.number(this.key(node));
    this.memo.set(node, token);
    return token;
  }

  private key(node: Node): string {
    const call = outerCall(node);
    if (call?.results?.has(node) === true) return this.callKey(call, node);
    const derivative = this.known.gradients.get(node);
    if (derivative !== undefined) return `gradient ${this.text(derivative.of, derivative.by)}`;
    // How large it is, is told where it is declared; so is what a sample is drawn from.
    if (node.op === 'input') return `input ${this.leaf(node.attrs.name)}`;
    const sample = this.sampleOf(node);
    if (sample !== undefined) return `sample ${sample}`;
    if (node.op === 'draw') {
      const { distribution, k, shape } = node.attrs;
      return `draw ${this.drawn(node.attrs.key)} ${distribution} ${k ?? ''} ${this.attribute(shape)}`;
    }
    const inputs = node.inputs.map((x) => this.of(x));
    if (commutative.has(node.op)) inputs.sort((a, b) => a - b);
    return `${node.op} ${inputs.join()} ${this.attributes(node.attrs)}`;
  }

  private callKey(call: Region, node: Node): string {
    const { name, path, parameters, results } = call;
    const declared = (this.reading.names.networks.get(name)?.declaration.parameters ?? []).map(
      (parameter) => parameter.name.name,
    );
    const args = [...parameters].map(([value, called]) => `${place(called, declared)}:${this.of(value)}`);
    const which = [...results!.keys()].indexOf(node);
    return `call ${this.leaf(path ?? name)} ${which} ${args.join()}`;
  }

  /** `G.dense_1.weight`, `field:mnist.image`, with the names of the other spec. */
  private leaf(name: string): string {
    const [, prefix, own, rest] = /^(field:)?([^.:]*)(.*)$/s.exec(name)!;
    return rest.startsWith(':') ? name : `${prefix ?? ''}${this.reading.renamed(own)}${rest}`;
  }

  /** The sample that a node is, with how often it was drawn again. */
  private sampleOf(node: Node): string | undefined {
    const name = this.known.called.get(node);
    if (name === undefined || !this.reading.names.samples.has(name)) return undefined;
    const draw = reachable([node]).find((one) => one.op === 'draw');
    return draw && `${this.reading.renamed(name)}${draw.attrs.key.slice(name.length)}`;
  }

  private drawn(key: string): string {
    const number = this.draws.get(key) ?? this.draws.size;
    this.draws.set(key, number);
    return `unnamed ${number}`;
  }

  private attributes(attrs: Attrs): string {
    const names = Object.keys(attrs).sort();
    return names.map((name) => `${name}=${this.attribute(attrs[name])}`).join(';');
  }

  private attribute(value: Attribute): string {
    if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
    if (typeof value === 'string') return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map((one: Attribute) => this.attribute(one)).join()}]`;
    const single = value as Exclude<Dim, number> | Subgraph;
    return isSubgraph(single) ? this.body(single) : this.dim(single);
  }

  private dim({ terms, constant }: Exclude<Dim, number>): string {
    const called = (symbol: string): string => {
      const at = this.symbols.indexOf(symbol);
      return at < 0 ? symbol : `variable ${at}`;
    };
    const keys = Object.entries(terms).map(([key, factor]) => {
      const symbols = key.split('*').map(called).sort();
      return `${factor}*${symbols.join('*')}`;
    });
    return `(${[...keys.sort(), constant].join('+')})`;
  }

  private body({ parameters, result }: Subgraph): string {
    for (const [i, parameter] of parameters.entries())
      this.memo.set(parameter, this.reading.interner.number(`parameter ${i} of a scan`));
    return `scan #${this.of(result)}`;
  }
}

/** The outermost call of a network that a node was made for. */
export function outerCall(node: Node): Region | undefined {
  let found: Region | undefined;
  for (let at = node.region; at !== undefined; at = at.parent) if (at.kind === 'network') found = at;
  return found;
}

/** Which parameter an argument's node is called after: `x`, or `x_mean` of a distribution `x`; with what follows the name. */
function place(called: string, declared: readonly string[]): string {
  const fits = declared.filter((name) => called === name || called.startsWith(`${name}_`));
  const name = fits.sort((a, b) => b.length - a.length).at(0);
  return name === undefined ? called : `${declared.indexOf(name)}${called.slice(name.length)}`;
}
