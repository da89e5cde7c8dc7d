/**
 * A function or closure under construction: prints the nodes that are asked of it, each once, in statements before the
 * one that needs it. In: an outline, what the outside is called; out: statements and expressions. What a closure may
 * compute outside (nothing in it changes from call to call) is printed in the function around it.
 */
import { leafName } from '../../leaves.ts';
import type { Dim } from '../../ir/dim.ts';
import { isFed, type Node, type Region } from '../../ir/node.ts';
import type { Names } from '../text/names.ts';
import type { Derivative } from '../text/outline.ts';
import type { Frame, Functions } from './frame.ts';
import { outlineOf, type Outline } from './ops.ts';
import { pathCode, type Root } from './roots.ts';
import { sizeCode } from './sizes.ts';
import type { HelperName } from './support.ts';
import {
  arranged,
  channelsLast,
  inNumbers,
  range,
  tensor,
  weightAxes,
  type Place,
  type Value,
} from './value.ts';

export class Scope implements Place {
  readonly lines: string[] = [];
  readonly names: Names;
  readonly frame: Frame;
  readonly roots: readonly Root[];
  readonly used = new Set<string>();
  private readonly outer: Scope | undefined;
  private readonly owns: (node: Node) => boolean;
  private readonly values = new Map<Node, Value>();
  private readonly open = new Set<Region>();

  constructor(
    frame: Frame,
    roots: readonly Root[],
    names: Names,
    outer?: Scope,
    owns: (node: Node) => boolean = () => true,
  ) {
    this.frame = frame;
    this.roots = roots;
    this.names = names;
    this.outer = outer;
    this.owns = owns;
  }

  get twice(): boolean {
    return this.frame.twice;
  }

  use(helper: HelperName): string {
    return this.frame.module.use(helper);
  }

  recorded(node: Node): boolean {
    return this.frame.taped.has(node) || (this.outer !== undefined && this.owns(node));
  }

  /** A closure in this scope: `owns` says which nodes change with its arguments. */
  closure(owns: (node: Node) => boolean, twice = this.twice): Scope {
    return new Scope({ ...this.frame, twice }, this.roots, this.names.inner(), this, owns);
  }

  give(node: Node, value: Value): void {
    this.values.set(node, value);
  }

  // -------------------------------------------------------------- values

  value(node: Node): Value {
    const known = this.values.get(node);
    if (known !== undefined) return known;
    if (this.outer !== undefined && !this.owns(node)) return this.outer.value(node);
    const value = this.leaf(node) ?? this.called(node) ?? this.computed(node);
    this.values.set(node, value);
    return value;
  }

  /** Axes in the order in which functions hand tensors to each other. */
  handed(node: Node): string {
    const value = this.value(node);
    return arranged(this, node, inNumbers(value), channelsLast(node.shape.length), true);
  }

  /** As the graph says it. */
  whole(node: Node): string {
    const value = this.value(node);
    const code = arranged(this, node, inNumbers(value), range(node.shape.length), true);
    return value.host && code === value.code ? tensor(value) : code;
  }

  private leaf(node: Node): Value | undefined {
    if (!isFed(node)) return undefined;
    if (this.outer !== undefined) return this.outer.value(node);
    const [name, isState] = [leafName(node), this.isState(node)];
    return isState ? this.state(name, node) : this.frame.module.fed(name, node);
  }

  private isState(node: Node): boolean {
    return node.op === 'input' && this.frame.module.isState(node.attrs.name);
  }

  private state(name: string, node: Node): Value {
    const root = this.roots.find(({ path }) => path === '' || name.startsWith(`${path}.`));
    if (root === undefined) throw new Error(`nothing leads to ${name} here`);
    this.used.add(root.code);
    return { code: pathCode(root, name), axes: weightAxes(node.shape.length) };
  }

  private computed(node: Node): Value {
    const { outline } = this.frame;
    const derivative = outline.derivative(node);
    if (derivative !== undefined) {
      const twice = this.twice || this.differentiated(node);
      const code = `${this.derivative(derivative, twice)}(${this.handed(derivative.by)})`;
      return this.kept(node, { code, axes: channelsLast(node.shape.length) });
    }
    const instruction = outline.instruction(node);
    const args = instruction.inputs.map((x) => this.value(x));
    return this.kept(node, instruction.print(this, args));
  }

  /** Bound to a name where it is read more than once, long, or has one in the spec. */
  private kept(node: Node, value: Value): Value {
    const { outline, spoken, region } = this.frame;
    const simple = /^-?[\w.$[\]']+$/.test(value.code);
    const name = spoken.get(node);
    if (
      value.host ||
      simple ||
      (outline.uses(node, region) < 2 && value.code.length < 80 && name === undefined)
    )
      return value;
    return {
      ...value,
      code: this.bind(value.code, name ?? this.placeName(node) ?? this.frame.outline.hint(node)),
    };
  }

  /** `dense_1` for what a layer gives that has no function of its own. */
  private placeName(node: Node): string | undefined {
    const { region } = node;
    if (region?.kind !== 'layer' || region === this.frame.region || this.frame.outline.floats(node))
      return undefined;
    return region.path?.split('.').at(-1) ?? region.name;
  }

  short(code: string, wanted: string): string {
    return code.length < 40 ? code : this.bind(code, wanted);
  }

  bind(code: string, wanted: string): string {
    const name = this.names.take(wanted);
    this.lines.push(`const ${name} = ${code};`);
    return name;
  }

  // -------------------------------------------------------------- calls

  /** The value as a result of the function of the call that it was made for. */
  private called(node: Node): Value | undefined {
    const { outline, module, region } = this.frame;
    for (;;) {
      const call = outline.call(node, region);
      if (call === undefined) return undefined;
      if (this.open.has(call)) {
        outline.dissolve(call);
        continue;
      }
      const made = module.functionOf(call, this.frame);
      if (made === undefined) continue;
      this.open.add(call);
      const args = made.reads.map((x) => this.handedOrState(x));
      this.open.delete(call);
      if (outline.call(node, region) !== call) continue;
      const roots = made.roots.map((path) => this.rootCode(path));
      this.results(call, made.gives, `${made.name}(${[...roots, ...args].join(', ')})`);
      return this.values.get(node);
    }
  }

  /** Weights are handed over as they lie. */
  private handedOrState(node: Node): string {
    if (!this.isState(node)) {
      const value = this.value(node);
      return value.host ? value.code : this.handed(node);
    }
    return this.value(node).code;
  }

  private rootCode(path: string): string {
    const root = this.roots.find((r) => r.path === path || r.path === '' || path.startsWith(`${r.path}.`));
    if (root === undefined) throw new Error(`nothing leads to ${path} here`);
    this.used.add(root.code);
    return root.path === path ? root.code : pathCode(root, path);
  }

  private results(call: Region, gives: readonly Node[], code: string): void {
    const { outline, spoken, region } = this.frame;
    const last = call.path?.split('.').at(-1) ?? call.name;
    const nameOf = (node: Node): string =>
      outline.extra.has(node)
        ? `${last}_${spoken.get(node) ?? 'statistic'}`
        : (spoken.get(node) ?? last.toLowerCase());
    if (gives.length === 1) {
      const [node] = gives;
      const value = { code, axes: channelsLast(node.shape.length) };
      const short = outline.uses(node, region) < 2 && code.length < 60 && !spoken.has(node);
      this.values.set(node, short ? value : { ...value, code: this.bind(code, nameOf(node)) });
      return;
    }
    const read = gives.map((node) => outline.isNeeded(node, call, region));
    const names = gives
      .slice(0, read.lastIndexOf(true) + 1)
      .map((node, i) => (read[i] ? this.names.take(nameOf(node)) : ''));
    this.lines.push(`const [${names.join(', ')}] = ${code};`);
    names.forEach((name, i) => {
      if (name !== '') this.values.set(gives[i], { code: name, axes: channelsLast(gives[i].shape.length) });
    });
  }

  // -------------------------------------------------------------- sizes and closures

  size(dim: Dim): string {
    return sizeCode(dim, () => this.known());
  }

  /** Values with simple names, here and around. */
  private known(): (readonly [Node, Value])[] {
    const own = [...this.values].filter(([, { code }]) => /^[\w.$]+$/.test(code));
    if (this.outer !== undefined) return [...own, ...this.outer.known()];
    const fed =
      this.frame.region === undefined
        ? this.frame.outline.leaves().map((node) => [node, this.value(node)] as const)
        : [];
    return [...own, ...fed.filter(([, { host }]) => !host)];
  }

  /** Whether a derivative passes through a node that is made here; a function of its own can't know. */
  private differentiated(node: Node): boolean {
    if (this.frame.region !== undefined) return this.frame.taped.has(node);
    return this.outer !== undefined && (this.owns(node) || this.outer.differentiated(node));
  }

  private derivative({ of, by }: Derivative, twice: boolean): string {
    const { outline, module } = this.frame;
    const inner = this.closure((node) => outline.depends(node, by), twice);
    const x = inner.names.take('x');
    inner.give(by, { code: x, axes: channelsLast(by.shape.length) });
    const result = inner.handed(of);
    return `tf.grad(${module.arrow([x], inner.lines, result)})`;
  }

  body(parameters: readonly Node[], result: Node, given: ReadonlyMap<Node, Value>): string {
    const { module } = this.frame;
    const outline = outlineOf([result]);
    const inner = new Scope({ ...this.frame, outline }, this.roots, this.names.inner(), this, () => true);
    const names = parameters.map((_, i) => inner.names.take(i === 0 ? 'hidden' : 'x'));
    parameters.forEach((node, i) => inner.give(node, { code: names[i], axes: range(node.shape.length) }));
    given.forEach((value, node) => inner.give(node, value));
    return module.arrow(names, inner.lines, inner.whole(result));
  }
}

/** For graphs that no call of a spec made and nothing is differentiated through: an optimizer's rule. */
export const plainScope = (module: Functions, outline: Outline, names: Names): Scope =>
  new Scope(
    { module, outline, spoken: new Map(), taped: new Set(), region: undefined, twice: false },
    [],
    names,
  );
