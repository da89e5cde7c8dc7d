/**
 * The program under construction: its networks and functions, what the host feeds it. Calls whose functions have the same
 * text share one; a network's are methods of its class. Out: texts, for networks.py and updates.py.
 */
import type { HostExpr } from '../../../program/host.ts';
import type { GraphInput } from '../../../program/manifest.ts';
import type { Node, Region } from '../../ir/node.ts';
import { parameterNames, placeOf, type Root } from '../text/calls.ts';
import { Feeds } from '../text/feeds.ts';
import type { Names } from '../text/names.ts';
import { functionText, withReturn } from './layout.ts';
import { layerCall, type LayerCall, type LayerModule } from './layers.ts';
import { fedNames, programNames, property } from './names.ts';
import type { Outline } from './rows.ts';
import { tells } from '../text/sizes.ts';
import type { File, Frame, Functions, Made } from './frame.ts';
import { Scope } from './scope.ts';
import { atom, binds, range, type Value } from './value.ts';

export class Program implements Functions {
  /** Names of the program's own functions, over both files. */
  readonly names = programNames();
  /** Texts of each file's functions, in order. */
  readonly functions: Readonly<Record<File, string[]>> = { networks: [], updates: [] };
  /** Of each network, the texts of its methods. */
  readonly methods = new Map<string, string[]>();
  /** Functions of networks.py that updates.py calls. */
  readonly imported = new Set<string>();
  /** Names of the networks' classes. */
  readonly classes = new Map<string, string>();
  /** By path. */
  readonly layers = new Map<string, LayerModule>();
  /** What the host feeds. */
  readonly feeds: Feeds;
  private readonly ownNames: Names | null;
  private readonly texts = new Map<string, string>();
  private readonly madeBy = new WeakMap<Outline, Map<Region, Made>>();

  constructor(
    networks: Iterable<string>,
    states: ReadonlySet<string>,
    origins: ReadonlyMap<string, GraphInput['from']>,
    /** In a function of its own, whose parameters are what is fed: no batch, draws, at, given. */
    alone = false,
  ) {
    this.ownNames = alone ? this.names.inner() : null;
    this.feeds = new Feeds(states, origins, fedNames, this.ownNames);
    for (const name of networks)
      this.classes.set(name, this.names.take(this.names.free(name) ? name : `${name}Network`));
  }

  /** Names for a function that is fed from outside. */
  feedNames(): Names {
    return this.ownNames ?? this.names.inner();
  }

  isState(name: string): boolean {
    return this.feeds.isState(name);
  }

  // -------------------------------------------------------------- what the host feeds

  /** A value that the host feeds, as updates and reports see it. */
  fed(name: string, node: Node): Value {
    const feed = this.feeds.of(name);
    const code = feed[0] + feed.slice(1).map(property).join('');
    return feed[0] === 'at'
      ? { code, axes: [], binding: binds.atom, host: true }
      : atom(code, range(node.shape.length));
  }

  /** A number of the host as code: itself, or where it is fed. */
  hostCode(value: HostExpr, wanted: string, node: Node): string {
    const name = this.feeds.scalarOf(value, wanted);
    return name === null ? String(value) : this.fed(name, node).code;
  }

  // -------------------------------------------------------------- layers

  /** Notes which layers are modules of the library, by all calls of an outline. */
  noteLayers(outline: Outline, nodes: readonly Node[]): void {
    for (const node of nodes)
      for (let call = node.region; call !== undefined; call = call.parent) {
        const found =
          call.kind === 'layer' && call.path !== null && !this.layers.has(call.path)
            ? this.layerOf(call, outline)
            : undefined;
        const path = call.path?.replace('.average.', '.');
        if (found !== undefined) this.layers.set(path!, found);
      }
  }

  private layerOf = (call: Region, outline: Outline): LayerCall | undefined =>
    layerCall(outline, call, (node) => node.op === 'input' && this.isState(node.attrs.name));

  /** The call as one of the layer's module, where that means the same. */
  layer(call: Region, outline: Outline): LayerCall | undefined {
    if (call.kind !== 'layer' || call.path === null) return undefined;
    const known = this.layers.get(call.path.replace('.average.', '.'));
    if (known === undefined) return undefined;
    const found = this.layerOf(call, outline);
    return found?.made === known.made ? found : undefined;
  }

  /** Whether a weight lies the other way round than the graph has it. */
  isTurned(name: string): boolean {
    const at = name.replace('.average.', '.').lastIndexOf('.');
    const plain = name.replace('.average.', '.');
    return this.layers.get(plain.slice(0, at))?.turned.includes(plain.slice(at + 1)) ?? false;
  }

  // -------------------------------------------------------------- functions

  /** The function of a call; undefined if it is too small for one and has been dissolved. */
  functionOf(call: Region, frame: Frame): Made | undefined {
    const table = this.madeBy.get(frame.outline) ?? new Map<Region, Made>();
    this.madeBy.set(frame.outline, table);
    const found = table.get(call) ?? this.makeFunction(call, frame);
    if (found === undefined) return undefined;
    table.set(call, found);
    if (found.file === 'networks' && call.kind !== 'network' && fileOf(frame.region) === 'updates')
      this.imported.add(found.name);
    return found;
  }

  private makeFunction(call: Region, frame: Frame): Made | undefined {
    const { outline } = frame;
    const gives = outline.gives(call);
    // Parts that a layer shares with others (indices, repeated values) are clearer where they are used.
    if (gives.length > 1 && (call.kind === 'layer' || call.kind === 'function')) {
      outline.dissolve(call);
      return undefined;
    }
    const spoken = new Map([...frame.spoken].filter(([node]) => !gives.includes(node)));
    const all = outline.reads(call);
    const reads = all.filter((node) => !this.reached(node, call));
    // What it reads does not tell how large its results are (a constant in each row), or how many rows a mean is of (a part of a
    // stack): the place that uses them knows.
    if ((call.kind === 'layer' || call.kind === 'function') && !tells(all, outline.members(call))) {
      outline.dissolve(call);
      return undefined;
    }
    const names = this.names.inner();
    const parameters = parameterNames(call, reads, names);
    const scope = new Scope({ ...frame, region: call, spoken }, rootsOf(call), names);
    reads.forEach((node, i) => scope.give(node, this.parameter(node, parameters[i])));
    const results = gives.map((node) => scope.handed(node));
    const small = scope.lines.length === 0 && gives.length === 1 && results[0].length < 80;
    if ((call.kind === 'layer' || call.kind === 'function') && small) {
      outline.dissolve(call);
      return undefined;
    }
    const method = call.kind === 'network';
    const roots = rootsOf(call).filter(({ code }) => (method && code === 'self') || scope.used.has(code));
    const signature = [...roots.map(({ code }) => code), ...parameters];
    const lines = withReturn(scope.lines, results.join(', '));
    const file = fileOf(call);
    const name = method ? this.method(call, signature, lines) : this.define(call, file, signature, lines);
    return {
      name,
      file,
      roots: roots.map(({ path, code }) => ({ path, passed: code !== 'self' })),
      reads,
      gives,
    };
  }

  /** State is reached through `self`, `w` or `networks`; a layer is given its own, a function without weights what it was called with. */
  private reached(node: Node, call: Region): boolean {
    if (node.op !== 'input' || !this.isState(node.attrs.name)) return false;
    return call.kind !== 'layer' || (call.path === null && !call.parameters.has(node));
  }

  private parameter(node: Node, code: string): Value {
    const host = this.feeds.isScalar(node);
    return host ? { code, axes: [], binding: binds.atom, host: true } : atom(code, range(node.shape.length));
  }

  /** `` for `forward`, the network's first; `.forward_2`. */
  private method({ name }: Region, signature: readonly string[], lines: readonly string[]): string {
    const methods = this.methods.get(name) ?? [];
    this.methods.set(name, methods);
    const calledAs = (i: number): string => (i === 0 ? 'forward' : `forward_${i + 1}`);
    const text = (i: number): string => functionText(calledAs(i), signature, null, lines);
    const found = methods.findIndex((method, i) => method === text(i));
    const at = found < 0 ? methods.push(text(methods.length)) - 1 : found;
    return at === 0 ? '' : `.${calledAs(at)}`;
  }

  /** The name of the function with this text, which is added unless it is there. */
  define(
    call: Pick<Region, 'name' | 'span' | 'kind'>,
    file: File,
    signature: readonly string[],
    lines: readonly string[],
  ): string {
    const key = `${file} ${call.name} ${functionText('', signature, null, lines)}`;
    const known = this.texts.get(key);
    if (known !== undefined) return known;
    const name = this.names.take(call.name);
    this.texts.set(key, name);
    const kind = call.kind === 'function' && call.span === undefined ? '' : `${call.kind} `;
    const doc = `${kind}${call.name}${call.span === undefined ? '' : `, ${placeOf(call.span)}`}`;
    this.functions[file].push(functionText(name, signature, doc, lines));
    return name;
  }

  /** A function in a function. */
  nested(name: string, parameters: readonly string[], lines: readonly string[], result: string): string {
    return functionText(name, parameters, null, withReturn(lines, result));
  }
}

/** Functions that networks need stand beside them. */
function fileOf(call: Region | undefined): File {
  for (let at = call; at !== undefined; at = at.parent)
    if (at.kind === 'network' || at.kind === 'block' || (at.kind === 'layer' && at.path !== null))
      return 'networks';
  return 'updates';
}

/**
 * A network's methods see its own state as `self`, a block's function as `w`, that of all networks as `networks`. A layer's
 * function is given its weights, and sees as `w` what modules it has inside; a network that it calls (`over_pairs(D, ...)`) it finds among all.
 */
function rootsOf(call: Region): Root[] {
  const all: Root = { path: '', code: 'networks' };
  if (call.kind === 'network') return [{ path: call.path!, code: 'self' }, all];
  return call.path === null ? [all] : [{ path: call.path, code: 'w' }, all];
}
