/**
 * The ES module under construction: its functions, what it brings along, what the host feeds it. Calls whose functions
 * have the same text share one. Out: the module's text.
 */
import { jsDoc } from '../text/escape.ts';
import type { Node, Region } from '../../ir/node.ts';
import type { GraphInput } from '../../../program/manifest.ts';
import type { Frame, Functions, Made } from './frame.ts';
import { functionText, indented, withReturn } from './layout.ts';
import { parameterNames, placeOf, type Root } from '../text/calls.ts';
import { Feeds } from '../text/feeds.ts';
import type { Derivative } from '../../ir/builder.ts';
import type { Derivatives } from '../text/outline.ts';
import { moduleNames, property } from './names.ts';
import type { Outline } from './ops.ts';
import { Scope } from './scope.ts';
import type { HelperName } from './support.ts';
import { channelsLast, weightAxes, type Value } from './value.ts';

export class Module implements Functions {
  readonly helpers = new Set<HelperName>();
  /** Names of the module's own functions and tables. */
  readonly names = moduleNames();
  /** Of networks, layers and optimizers. */
  readonly functions: string[] = [];
  /** Of updates and reports. */
  readonly exported: string[] = [];
  /** What the host feeds. */
  readonly feeds: Feeds;
  /** Running statistics are kept up to date. */
  needsRunning = false;
  private readonly texts = new Map<string, string>();
  private readonly made = new WeakMap<Outline, Map<string, Map<Region, Made>>>();

  constructor(states: ReadonlySet<string>, origins: ReadonlyMap<string, GraphInput['from']>) {
    this.feeds = new Feeds(states, origins, moduleNames);
  }

  isState(name: string): boolean {
    return this.feeds.isState(name);
  }

  /** Derivatives that the library takes; those by weights, which functions read for themselves, are written out. */
  taken(derivatives: Derivatives): Derivatives {
    const byState = ({ by }: Derivative): boolean => by.op === 'input' && this.isState(by.attrs.name);
    return new Map([...derivatives].filter(([, derivative]) => !byState(derivative)));
  }

  use(helper: HelperName): string {
    this.helpers.add(helper);
    return helper;
  }

  /** A value that the host feeds, as the exported functions see it. */
  fed(name: string, node: Node): Value {
    const place = this.feeds.of(name);
    const code = place[0] + place.slice(1).map(property).join('');
    return place[0] === 'at'
      ? { code, axes: [], host: true }
      : { code, axes: channelsLast(node.shape.length) };
  }

  // -------------------------------------------------------------- functions

  /** The function of a call; undefined if it is too small for one and has been dissolved. */
  functionOf(call: Region, frame: Frame): Made | undefined {
    const key = frame.twice ? 'twice' : 'once';
    const tables = this.made.get(frame.outline) ?? new Map<string, Map<Region, Made>>();
    this.made.set(frame.outline, tables);
    const table = tables.get(key) ?? new Map<Region, Made>();
    tables.set(key, table);
    const found = table.get(call) ?? this.makeFunction(call, frame);
    if (found !== undefined) table.set(call, found);
    return found;
  }

  private makeFunction(call: Region, frame: Frame): Made | undefined {
    const { outline } = frame;
    const gives = outline.gives(call);
    const spoken = new Map(
      [...frame.spoken].filter(([node]) => !gives.includes(node) || outline.extra.has(node)),
    );
    const reads = outline.reads(call).filter((node) => !this.reached(node, call));
    const names = this.names.inner();
    const parameters = parameterNames(call, reads, names);
    const scope = new Scope({ ...frame, region: call, spoken }, rootsOf(call), names);
    reads.forEach((node, i) => scope.give(node, this.parameter(node, parameters[i])));
    const results = gives.map((node) => scope.handed(node));
    const small = scope.lines.length === 0 && gives.length === 1 && results[0].length < 90;
    if ((call.kind === 'layer' || call.kind === 'function') && small) {
      outline.dissolve(call);
      return undefined;
    }
    const roots = rootsOf(call).filter(({ code }) => scope.used.has(code));
    const signature = [...roots.map(({ code }) => code), ...parameters];
    const result = gives.length === 1 ? results[0] : `[${results.join(', ')}]`;
    const body = functionText(signature, scope.lines, result);
    const name = this.define(call, body, frame.twice);
    return { name, roots: roots.map(({ path }) => path), reads, gives };
  }

  /** State under the call's own path is reached through `w`. */
  private reached(node: Node, call: Region): boolean {
    return node.op === 'input' && this.isState(node.attrs.name) && call.kind !== 'layer';
  }

  private parameter(node: Node, code: string): Value {
    const rank = node.shape.length;
    if (node.op === 'input' && this.isState(node.attrs.name)) return { code, axes: weightAxes(rank) };
    const host = this.feeds.isScalar(node);
    return host ? { code, axes: [], host: true } : { code, axes: channelsLast(rank) };
  }

  /** The name of the function with this text, which is added unless it is there. */
  define(call: Pick<Region, 'name' | 'span' | 'kind'>, body: string, twice = false): string {
    const known = this.texts.get(`${call.name} ${body}`);
    if (known !== undefined) return known;
    const name = this.names.take(call.kind === 'layer' ? camelCase(call.name) : call.name);
    this.texts.set(`${call.name} ${body}`, name);
    const again = twice ? ', in a form that can be differentiated twice' : '';
    const place = call.span === undefined ? '' : `, ${placeOf(call.span)}`;
    const kind = call.kind === 'function' && call.span === undefined ? '' : `${call.kind} `;
    this.functions.push(`${jsDoc(`${kind}${call.name}${place}${again}`)}\nfunction ${name}${body}`);
    return name;
  }

  /** Code of a closure. */
  arrow(parameters: readonly string[], lines: readonly string[], result: string): string {
    const head = `(${parameters.join(', ')}) =>`;
    if (lines.length === 0) return `${head} ${result}`;
    return `${head} {\n${indented(withReturn(lines, result))}\n}`;
  }
}

/** A network's functions see the state of all networks as `networks`, its own as `w`. */
function rootsOf(call: Region): Root[] {
  const all: Root = { path: '', code: 'networks' };
  // A layer's weights are handed to it; a function that it calls may want others.
  return call.kind === 'layer' || call.path === null ? [all] : [{ path: call.path, code: 'w' }, all];
}

/** `batchNorm` for `batch_norm`: values of the spec have names of their own. */
const camelCase = (name: string): string =>
  name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
