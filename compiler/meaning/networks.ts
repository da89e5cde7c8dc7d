/**
 * Networks by what they take and give, their layers in order and how these start. In: a checked spec; out: an item a network.
 * A layer is what it computes and the size that comes out: behind one that grew, others are as they were.
 */
import { factorsOf } from '../analyse/networks.ts';
import type { NetworkBody } from '../analyse/analysis.ts';
import type { InitializerUse, NetworkInfo, WeightInfo } from '../bind/names.ts';
import { layerParts, type LayerPart } from '../architecture/layers.ts';
import { isSubgraph, type Attrs } from '../ir/attributes.ts';
import type { Node } from '../ir/node.ts';
import { initializers } from '../vocabulary/initializers.ts';
import { nodesOf, plain, typeText, written, type Subject } from './subject.ts';
import type { Fact, Item, Part } from './meaning.ts';
import { outerCall, Tokens, type Reading } from './tokens.ts';

/** Those that others call first. */
export const networkItems = (subject: Subject, reading: Reading): Item[] =>
  [...subject.analysis.bodies.keys()].map((name) => networkItem(subject, reading, name));

export function networkItem(subject: Subject, reading: Reading, name: string): Item {
  const { names, bodies, weights } = subject.analysis;
  const info = names.networks.get(name)!;
  const body = bodies.get(name)!;
  const parts = layersOf(body, reading);
  const count = countOf([...weights.get(name)!.values()]);
  const [takes, gives] = [signature(body, true), signature(body, false)];
  const facts: Fact[] = [
    { key: 'takes', text: takes.map(([own, type]) => `${own}: ${type}`).join(', '), same: types(takes) },
    { key: 'gives', text: gives.map(([, type]) => type).join(), same: types(gives) },
    { key: 'shared', ...plain(info.shared ? 'yes' : 'no') },
    { key: 'weights', ...plain(count) },
    { key: 'starts', ...plain(startOf(names.initialize.get(name))) },
    {
      key: 'computes',
      rest: true,
      ...written(info.declaration.body.result),
      same: whole(subject, reading, info),
    },
  ];
  const section = 'networks';
  const summary = `${count} weights in ${parts.length} layers`;
  return { section, name, key: reading.renamed(name), kin: [], summary, facts, parts, ordered: true };
}

/** Parameters, or the result, each with its type; that of the result once without the names of its fields. */
function signature({ parameters, result }: NetworkBody, takes: boolean): [string, string, string][] {
  const given: [string, NetworkBody['result']][] = takes ? [...parameters] : [['', result]];
  return given.map(([name, value]) => [name, typeText(value, true), typeText(value, false)]);
}

const types = (parts: readonly [string, string, string][]): string => parts.map(([, , type]) => type).join();

const countOf = (weights: readonly WeightInfo[]): string =>
  weights
    .filter(({ role }) => role === 'weight')
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0)
    .toLocaleString('en');

function startOf(use: InitializerUse | undefined): string {
  if (use === undefined) return 'by its layers';
  const [name] = Object.entries(initializers).find(([, rule]) => rule === use.rule)!;
  const args = Object.entries(use.args).map(([arg, value]) => `${arg}: ${value}`);
  return `${name}(${args.join(', ')})`;
}

/** All that its result is computed from, and how its weights start. */
function whole({ analysis }: Subject, reading: Reading, { name, declaration }: NetworkInfo): string {
  const { parameters, result } = analysis.bodies.get(name)!;
  const variables = [...factorsOf(declaration, analysis).keys()];
  const tokens = new Tokens(reading, analysis.evaluated, variables);
  const body = tokens.given([...parameters.values()].flatMap(nodesOf)).text(...nodesOf(result));
  const starts = [...analysis.weights.get(name)!.values()].map(({ part, shape, initial, decay }) =>
    JSON.stringify([part, shape, initial, decay]),
  );
  return `${body} ${starts.join()}`;
}

// ---------------------------------------------------------------- layers

function layersOf({ parameters, result }: NetworkBody, reading: Reading): Part[] {
  const given = [...parameters.values()].flatMap(nodesOf);
  const nodes = ownNodes(nodesOf(result), given);
  return layerParts(undefined, nodes).map((part) => {
    const { name, text, size } = part.layer;
    return { head: name, text, size, same: `${size} ${layerToken(part, [...given, ...nodes], reading)}` };
  });
}

/**
 * What the body computes from what it is given, in the order of the computation: of a call of another network only what that
 * gives. Numbers that depend on nothing may have been made for a layer of another network, and belong to none.
 */
function ownNodes(results: readonly Node[], parameters: readonly Node[]): Node[] {
  const seen = new Set(results);
  for (const node of seen) {
    for (const input of readOf(node)) seen.add(input);
  }
  const moving = new Set(parameters);
  const ordered = [...seen].sort((a, b) => a.id - b.id);
  return ordered.filter((node) => {
    const own = !moving.has(node) && (node.op === 'draw' || readOf(node).some((x) => moving.has(x)));
    if (own) moving.add(node);
    return own;
  });
}

function readOf(node: Node): readonly Node[] {
  const call = outerCall(node);
  return call?.results?.has(node) === true ? [...call.parameters.keys()] : node.inputs;
}

/** What follows from the size of what comes in. */
const bySize: ReadonlySet<string> = new Set(['shape', 'size', 'dim', 'pads']);

/** What a layer computes, whatever comes in and however wide that is. */
function layerToken({ nodes, result, layer }: LayerPart, all: readonly Node[], reading: Reading): string {
  if (result === undefined) return layer.text;
  if (layer.kind === 'network') return reading.renamed(layer.name);
  const others = new Set(all);
  for (const node of nodes) others.delete(node);
  const outside = new Map<Node, number>();
  const known = new Map<Node, number>();
  const token = (node: Node): number => {
    const found = known.get(node) ?? reading.interner.number(keyOf(node));
    known.set(node, found);
    return found;
  };
  const keyOf = (node: Node): string => {
    if (others.has(node)) {
      outside.set(node, outside.get(node) ?? outside.size);
      return `outside ${outside.get(node)}`;
    }
    if (node.op === 'input')
      return `weight ${node.attrs.name.split('.').at(-1)} ${JSON.stringify(node.shape.slice(2))}`;
    return `layer ${node.op} ${node.inputs.map(token).join()} ${attributes(node.attrs)}`;
  };
  return String(token(result));
}

function attributes(attrs: Attrs): string {
  const told = Object.entries(attrs).filter(([name]) => !bySize.has(name) && name !== 'key');
  return JSON.stringify(told.map(([name, value]) => [name, isSubgraph(value) ? 'body' : value]));
}
