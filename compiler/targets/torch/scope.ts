/**
 * A function under construction: prints the nodes that are asked of it, each once, in statements before the one that needs
 * it. In: an outline, what the outside is called; out: statements and expressions. An update has two scopes, one in the
 * other: what no gradient passes through is printed in the outer one, under `torch.no_grad()`.
 */
import { drawName, isStateLeaf } from '../../leaves.ts';
import type { Derivative } from '../../ir/builder.ts';
import type { Node, Region } from '../../ir/node.ts';
import type { Root } from '../text/calls.ts';
import { TextScope } from '../text/scope.ts';
import type { OneOfSeveral } from './at-once.ts';
import { isSameFunction, type Frame, type Made } from './frame.ts';
import type { LayerCall } from './layers.ts';
import { ownState, part } from './names.ts';
import { outlineOf, type Outline } from './rows.ts';
import { atom, binds, inNumbers, plain, range, whole, type Place, type Value } from './value.ts';

/** `self.dense_1.weight` for `G.dense_1.weight` where `self` is G. */
function pathCode(root: Root, name: string): string {
  const rest = root.path === '' ? name : name.slice(root.path.length + 1);
  return root.code + (rest === '' ? '' : rest.split('.').map(part).join(''));
}

/** Weights that a derivative is taken by record what is made of them, whoever trains them. */
export const recordedWeights = (outline: Outline, but: ReadonlySet<string> = new Set()): string[] =>
  outline
    .inputs()
    .filter((node) => outline.isVaried(node) && isStateLeaf(node) && !but.has(node.attrs.name))
    .map(({ attrs }) => `${pathCode({ path: '', code: 'networks' }, attrs.name)}.requires_grad_()`);

export class Scope extends TextScope<Value, Frame> implements Place {
  protected readonly quotient = '//';
  private readonly tracked = new Set<Node>();

  recorded(node: Node): boolean {
    return this.frame.taped.has(node);
  }

  global(node: Node): boolean {
    return this.frame.agreed.has(node);
  }

  /** A scope in this one, in the same function: `owns` says which nodes are printed there. */
  inside(owns: (node: Node) => boolean): Scope {
    return new Scope(this.frame, this.roots, this.names, this, owns);
  }

  /** What the outside has made; if a derivative is taken by it, it is tracked there. */
  override give(node: Node, value: Value): void {
    super.give(node, value);
    this.tracked.add(node);
  }

  /** Whether the node has its value already. */
  has(node: Node): boolean {
    return this.values.has(node);
  }

  protected override ofAllRanks(rows: string): string {
    return `ops.of_ranks(${rows})`;
  }

  // -------------------------------------------------------------- values

  value(node: Node): Value {
    const known = this.values.get(node) ?? this.made(node);
    if (!this.frame.outline.isVaried(node) || this.tracked.has(node) || !this.owns(node)) return known;
    // Functions read weights for themselves: they are tracked as they stand.
    if (isStateLeaf(node)) return known;
    // A derivative is taken by it here.
    this.tracked.add(node);
    const name = this.names.take(this.frame.spoken.get(node) ?? 'x');
    this.lines.push(`${name} = ops.tracked(${plain(whole(this, node, known))})`);
    const value = atom(name, range(node.shape.length));
    this.values.set(node, value);
    return value;
  }

  private made(node: Node): Value {
    if (this.outer !== undefined && !this.owns(node)) return this.outer.value(node);
    const value = this.leaf(node) ?? this.called(node) ?? this.computed(node);
    this.values.set(node, value);
    return value;
  }

  /** With every axis, as functions hand tensors to each other. */
  handed(node: Node): string {
    return plain(whole(this, node, this.value(node)));
  }

  private leaf(node: Node): Value | undefined {
    if (node.op !== 'input' && node.op !== 'draw') return undefined;
    if (this.outer !== undefined) return this.outer.value(node);
    const { program } = this.frame;
    if (node.op === 'draw') return program.fed(drawName(node.attrs.key), node);
    const name = node.attrs.name;
    return program.isState(name) ? this.state(name, node) : program.fed(name, node);
  }

  private state(name: string, node: Node): Value {
    return atom(`${this.lying(name)}${this.turn(name)}`, range(node.shape.length));
  }

  /** A tensor of the state as it lies. */
  private lying(name: string): string {
    const root = this.rootOf(name);
    return name.includes('.') ? pathCode(root, name) : root.code + ownState(name);
  }

  private turn(name: string): string {
    return this.frame.program.isTurned(name) ? '.T' : '';
  }

  private computed(node: Node): Value {
    const { outline } = this.frame;
    const derivative = outline.derivative(node);
    if (derivative !== undefined)
      return this.kept(node, atom(this.derivative(node, derivative), range(node.shape.length)));
    const instruction = outline.instruction(node);
    const args = instruction.inputs.map((x) => this.value(x));
    return this.kept(node, instruction.print(this, args));
  }

  private derivative(node: Node, { of, by }: Derivative): string {
    const value = this.handed(of);
    const taken = isStateLeaf(by)
      ? `ops.gradient(${value}, ${this.lying(by.attrs.name)})${this.turn(by.attrs.name)}`
      : `ops.gradient(${value}, ${this.handed(by)})`;
    return this.global(node) ? `ops.mean_of_ranks(${taken})` : taken;
  }

  /** Bound to a name where it is read more than once, long, or has one in the spec. */
  private kept(node: Node, value: Value): Value {
    const { outline, spoken, region } = this.frame;
    const name = spoken.get(node);
    const simple = /^-?[\w.]+$/.test(value.code);
    const readers =
      outline.readers(node, region).size + Number(outline.isRoot(node) && outline.uses(node, undefined) > 1);
    // It gets its name when it is tracked.
    if (outline.isVaried(node) && this.owns(node)) return value;
    if (value.host || simple || (readers < 2 && value.code.length < 60 && name === undefined)) return value;
    return {
      ...value,
      binding: binds.atom,
      code: this.bind(value.code, name ?? this.placeName(node) ?? outline.hint(node)),
    };
  }

  bind(code: string, wanted: string): string {
    const name = this.names.take(wanted);
    this.lines.push(`${name} = ${code}`);
    return name;
  }

  // -------------------------------------------------------------- calls

  /** The value as a result of the call that it was made for: a layer's module, or a function. */
  private called(node: Node): Value | undefined {
    const { outline, program, region } = this.frame;
    for (;;) {
      const call = outline.call(node, region);
      if (call === undefined) return undefined;
      const layer = program.layer(call, outline);
      if (layer !== undefined) return layer.output === node ? this.module(call, layer) : undefined;
      if (this.open.has(call)) {
        outline.dissolve(call);
        continue;
      }
      const made = program.functionOf(call, this.frame);
      if (made === undefined) continue;
      // The call is made where a gradient is recorded: not here too, for what it only passes on.
      if (!this.recorded(node) && made.gives.some((one) => this.recorded(one))) return undefined;
      this.open.add(call);
      const args = made.reads.map((x) => this.argument(x));
      this.open.delete(call);
      if (outline.call(node, region) !== call) continue;
      if (!this.severalAtOnce(call, made, args)) this.results(call, made, args);
      return this.values.get(node);
    }
  }

  /** `self.dense_1(x)` */
  private module(call: Region, { input, padded, output }: LayerCall): Value {
    const x = this.handed(input);
    const given = padded === undefined ? x : `F.pad(${x}, ${padded})`;
    return this.kept(output, atom(`${this.rootCode(call.path!)}(${given})`, range(output.shape.length)));
  }

  /** Numbers and weights are handed over as they are. */
  private argument(node: Node): string {
    const value = this.value(node);
    return value.host ? value.code : plain(whole(this, node, value));
  }

  private rootCode(path: string): string {
    const root = this.rootOf(path);
    return pathCode(root, path);
  }

  private callCode(made: Made, args: readonly string[]): string {
    const passed = made.roots.filter((root) => root.passed).map(({ path }) => this.rootCode(path));
    return `${this.callee(made)}(${[...passed, ...args].join(', ')})`;
  }

  /** `networks.D` */
  private callee({ name, roots }: Made): string {
    const on = roots.find(({ passed }) => !passed);
    return on === undefined ? name : `${this.rootCode(on.path)}${name}`;
  }

  /** Several calls of one network as one over the rows of all, where they may be; whether it was made so. */
  private severalAtOnce(call: Region, made: Made, args: readonly string[]): boolean {
    const { program, atOnce } = this.frame;
    const others = (this.frame.region === undefined ? (atOnce.get(call) ?? []) : []).filter(
      (one) => one.call !== call && !this.values.has(one.result) && !this.open.has(one.call),
    );
    const alike = others.filter(({ call: other }) =>
      isSameFunction(made, program.functionOf(other, this.frame)),
    );
    if (alike.length === 0 || made.roots.some(({ passed }) => passed)) return false;
    const given = [args, ...alike.map((one) => this.arguments(one))];
    const results = [made.gives[0], ...alike.map(({ result }) => result)];
    const names = results.map((node) => this.names.take(this.calledIn(node, call)));
    const calls = given.map((each) => `[${each.join(', ')}]`).join(', ');
    this.lines.push(`${names.join(', ')} = ops.at_once(${this.callee(made)}, ${calls})`);
    results.forEach((node, i) => this.values.set(node, atom(names[i], range(node.shape.length))));
    return true;
  }

  private arguments({ call, reads }: OneOfSeveral): string[] {
    this.open.add(call);
    const args = reads.map((x) => this.argument(x));
    this.open.delete(call);
    return args;
  }

  /** What the spec calls a result, else what the network does, else the network. */
  private calledIn(node: Node, call: Region): string {
    const last = (call.path?.split('.').at(-1) ?? call.name).toLowerCase();
    return this.frame.spoken.get(node) ?? call.results?.get(node) ?? last;
  }

  private results(call: Region, made: Made, args: readonly string[]): void {
    const { outline, spoken, region } = this.frame;
    const code = this.callCode(made, args);
    const { gives } = made;
    if (gives.length === 1) {
      const [node] = gives;
      const value = atom(code, range(node.shape.length));
      const short =
        outline.isVaried(node) ||
        (outline.readers(node, region).size < 2 &&
          code.length < 60 &&
          !spoken.has(node) &&
          !outline.isRoot(node));
      this.values.set(node, short ? value : atom(this.bind(code, this.calledIn(node, call)), value.axes));
      return;
    }
    const read = gives.map((node) => outline.isNeeded(node, call, region));
    const names = gives.map((node, i) => (read[i] ? this.names.take(this.calledIn(node, call)) : '_'));
    this.lines.push(`${names.join(', ')} = ${code}`);
    names.forEach(
      (name, i) => read[i] && this.values.set(gives[i], atom(name, range(gives[i].shape.length))),
    );
  }

  // -------------------------------------------------------------- bodies

  body(parameters: readonly Node[], result: Node, given: ReadonlyMap<Node, Value>): string {
    const outline = outlineOf([result]);
    const inner = new Scope({ ...this.frame, outline }, this.roots, this.names.inner(), this, () => true);
    const names = parameters.map((_, i) => inner.names.take(i === 0 ? 'hidden' : 'x'));
    parameters.forEach((node, i) => inner.give(node, atom(names[i], range(node.shape.length))));
    given.forEach((value, node) => inner.give(node, value));
    const code = plain(inNumbers(whole(inner, result, inner.value(result))));
    if (inner.lines.length === 0) return `lambda ${names.join(', ')}: ${code}`;
    const name = this.names.take('step');
    this.lines.push(this.frame.program.nested(name, names, inner.lines, code));
    return name;
  }
}
