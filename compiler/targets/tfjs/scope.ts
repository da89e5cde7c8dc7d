/**
 * A function or closure under construction: prints the nodes that are asked of it, each once, in statements before the
 * one that needs it. In: an outline, what the outside is called; out: statements and expressions. What a closure may
 * compute outside (nothing in it changes from call to call) is printed in the function around it.
 */
import { leafName } from '../../leaves.ts';
import { isFed, type Node, type Region } from '../../ir/node.ts';
import type { Root } from '../text/calls.ts';
import type { Names } from '../text/names.ts';
import { TextScope } from '../text/scope.ts';
import type { Derivative } from '../../ir/builder.ts';
import type { Frame, Functions } from './frame.ts';
import { outlineOf, type Outline } from './ops.ts';
import { pathCode } from './roots.ts';
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

export class Scope extends TextScope<Value, Frame> implements Place {
  protected readonly quotient = '/';
  private readonly around: Scope | undefined;

  constructor(
    frame: Frame,
    roots: readonly Root[],
    names: Names,
    outer?: Scope,
    owns?: (node: Node) => boolean,
  ) {
    super(frame, roots, names, outer, owns);
    this.around = outer;
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

  /** Axes in the order in which state lies. */
  stored(node: Node): string {
    const value = this.value(node);
    return arranged(this, node, inNumbers(value), weightAxes(node.shape.length), true);
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
    const root = this.rootOf(name);
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
    const root = this.rootOf(path);
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

  // -------------------------------------------------------------- closures

  /** Whether a derivative passes through a node that is made here; a function of its own can't know. */
  private differentiated(node: Node): boolean {
    if (this.frame.region !== undefined) return this.frame.taped.has(node);
    return this.around !== undefined && (this.owns(node) || this.around.differentiated(node));
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
