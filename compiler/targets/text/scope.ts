/**
 * A function of an emitted program under construction, as far as every language has it: the values that are printed already,
 * the lines, how state and names are found. Targets say how values are printed.
 */
import type { Dim } from '../../ir/dim.ts';
import type { Node, Region } from '../../ir/node.ts';
import { rootOf, type Root } from './calls.ts';
import type { Names } from './names.ts';
import type { Outline } from './outline.ts';
import { sizeCode, type Lying } from './sizes.ts';

/** What a function is made in. */
export interface Surroundings {
  readonly outline: Outline;
  /** What each node is called in the spec. */
  readonly spoken: ReadonlyMap<Node, string>;
  readonly region: Region | undefined;
}

export abstract class TextScope<Value extends Lying, Frame extends Surroundings> {
  readonly lines: string[] = [];
  readonly names: Names;
  readonly frame: Frame;
  readonly roots: readonly Root[];
  readonly used = new Set<string>();
  protected readonly outer: TextScope<Value, Frame> | undefined;
  protected readonly owns: (node: Node) => boolean;
  protected readonly values = new Map<Node, Value>();
  /** Calls whose arguments are being printed. */
  protected readonly open = new Set<Region>();
  protected abstract readonly quotient: '/' | '//';

  /** `outer`: the function around it; `owns` says which nodes are printed here. */
  constructor(
    frame: Frame,
    roots: readonly Root[],
    names: Names,
    outer?: TextScope<Value, Frame>,
    owns: (node: Node) => boolean = () => true,
  ) {
    this.frame = frame;
    this.roots = roots;
    this.names = names;
    this.outer = outer;
    this.owns = owns;
  }

  /** The node's value, printed on the first call. */
  abstract value(node: Node): Value;

  /** A line that gives code a name: the wanted one, or one like it. */
  abstract bind(code: string, wanted: string): string;

  /** What the outside has made. */
  give(node: Node, value: Value): void {
    this.values.set(node, value);
  }

  short(code: string, wanted: string): string {
    return code.length < 40 ? code : this.bind(code, wanted);
  }

  size(dim: Dim): string {
    return sizeCode(
      dim,
      () => this.known(),
      this.quotient,
      (rows) => this.ofAllRanks(rows),
    );
  }

  /** Rows of all processes that share a run; here there is one. */
  protected ofAllRanks(rows: string): string {
    return rows;
  }

  /** What leads to the state at a path; it is among those used then. */
  protected rootOf(path: string): Root {
    const root = rootOf(this.roots, path);
    this.used.add(root.code);
    return root;
  }

  /** `dense_1` for what a layer gives that has no function of its own. */
  protected placeName(node: Node): string | undefined {
    const { region } = node;
    if (region?.kind !== 'layer' || region === this.frame.region || this.frame.outline.floats(node))
      return undefined;
    return region.path?.split('.').at(-1) ?? region.name;
  }

  /** Values with simple names, here and around. */
  private known(): (readonly [Node, Value])[] {
    const own = [...this.values].filter(([, { code }]) => /^[\w.$]+$/.test(code));
    if (this.outer !== undefined) return [...own, ...this.outer.known()];
    const { outline, region } = this.frame;
    const fed = region === undefined ? outline.leaves().map((node) => [node, this.value(node)] as const) : [];
    return [...own, ...fed.filter(([, { host }]) => !host)];
  }
}
