/**
 * The function of the module that computes an update's losses and gradients, by the library's own automatic
 * differentiation. What does not depend on the weights that the update trains is computed outside the function whose
 * gradient is taken: it is what an author would have detached.
 */
import { jsDoc, jsString } from '../text/escape.ts';
import type { Node } from '../../ir/node.ts';
import type { LoweredUpdate, Settled } from '../../lower/lowered.ts';
import { statisticsOf } from '../../lower/update.ts';
import { indented, withReturn } from './layout.ts';
import { placeOf } from '../text/calls.ts';
import type { Module } from './module.ts';
import { numberOf } from './names.ts';
import { outlineOf } from './ops.ts';
import { wholeState } from './roots.ts';
import { Scope } from './scope.ts';
import { tensor } from './value.ts';
import { givenWholes } from './wholes.ts';

/** What the function gives back beside gradients and objective, by group and name. */
type Group = 'losses' | 'statistics' | 'moved' | 'when' | 'means';
interface Item {
  readonly group: Group;
  readonly name: string;
  readonly code: string;
  /** It is computed where the gradient is taken. */
  readonly inside: boolean;
}

/** `gradients_1` for `update_1`; `parts`: how many a minibatch is taken in; `settled`: what it leaves open until all parts of a minibatch are done. */
export function gradientFunction(
  module: Module,
  forward: LoweredUpdate,
  parts: number,
  settled?: Settled,
): void {
  const { update } = forward;
  const number = numberOf(update);
  const all = itemsOf(forward, settled);
  const { outer, inner, trained } = scopesOf(module, forward, all);
  const wholes = givenWholes(module, outer, forward, forward.rounds, parts);
  const goal = inner.handed(forward.objective);
  const items = all.map(([group, name, node]): Item => {
    const inside = trained.has(node);
    const scope = inside ? inner : outer;
    return { group, name, inside, code: group === 'means' ? storedIn(scope, node) : valueIn(scope, node) };
  });
  const saved = groupsIn(items.filter(({ inside }) => inside));
  const keep = saved.map(([group, own]) => `${group} = ${module.use('kept')}(${record(own)});`);
  const maximized = update.declaration.sense === 'maximize';
  const closure = withReturn([...inner.lines, ...keep], maximized ? `tf.neg(${goal})` : goal);
  const lines = [
    ...wholes,
    ...outer.lines,
    ...(saved.length === 0 ? [] : [`let ${saved.map(([group]) => group).join(', ')};`]),
    `const { value, gradients } = ${module.use('valueAndGradients')}(() => {\n${indented(closure)}\n}, variables, weights_${number});`,
    `return { gradients, objective: ${maximized ? 'tf.neg(value)' : 'value'}${groupsIn(items)
      .map(([group, all]) => `, ${given(group, all)}`)
      .join('')} };`,
  ];
  const doc = `update ${update.networks.join(', ')} to ${update.text}\n${placeOf(update.declaration.span)}`;
  const head = `function gradients_${number}({ networks, variables }, batch, draws, at)`;
  module.exported.push(`${jsDoc(doc)}\n${head} {\n  return tf.tidy(() => {\n${indented(lines, 2)}\n  });\n}`);
}

/** The function itself, the closure in it whose gradient is taken, and the nodes that only the closure may compute. */
function scopesOf(
  module: Module,
  forward: LoweredUpdate,
  items: readonly NamedNode[],
): { outer: Scope; inner: Scope; trained: Set<Node> } {
  const { builder, objective, weights } = forward;
  const roots = [objective, ...items.map(([, , node]) => node)];
  const derivatives = module.taken(builder.gradients);
  const outline = outlineOf(roots, forward.batches, derivatives);
  const names = new Set(weights.map(({ name }) => name));
  const state = outline.inputs().filter(({ attrs }) => module.isState(attrs.name));
  const trained = outline.dependentsOf(state.filter(({ attrs }) => names.has(attrs.name)));
  const taped = outline.dependentsOf([...state, ...[...derivatives.values()].map(({ by }) => by)]);
  const frame = { module, outline, spoken: builder.names, taped, region: undefined, twice: false };
  const outer = new Scope(frame, wholeState, module.names.inner());
  return { outer, inner: outer.closure((node) => trained.has(node)), trained };
}

type NamedNode = readonly [Group, string, Node];

function itemsOf(forward: LoweredUpdate, settled: Settled | undefined): NamedNode[] {
  const of = (group: Group, nodes: ReadonlyMap<string, Node>): NamedNode[] =>
    [...nodes].map(([name, node]) => [group, name, node]);
  const { losses, moved, condition } = forward;
  const own = settled === undefined ? condition : null;
  const when = new Map<string, Node>(own === null ? [] : [['condition', own]]);
  const means = new Map(settled?.means.map((mean, i) => [String(i + 1), mean]));
  return [
    ...of('losses', losses),
    ...of('statistics', statisticsOf(forward)),
    ...of('moved', moved),
    ...of('when', when),
    ...of('means', means),
  ];
}

function groupsIn(items: readonly Item[]): [Group, Item[]][] {
  const groups = new Map<Group, Item[]>();
  for (const item of items) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
  return [...groups];
}

/** A group as the function returns it: what the closure kept, and what was computed outside. */
function given(group: Group, items: readonly Item[]): string {
  const outside = items.filter(({ inside }) => !inside);
  if (outside.length === 0) return group;
  return `${group}: ${outside.length === items.length ? record(outside) : record(outside, `...${group}, `)}`;
}

/** `__proto__` as it stands would be no key. */
const key = (name: string): string =>
  /^[A-Za-z]\w*$/.test(name) ? name : name === '__proto__' ? `[${jsString(name)}]` : jsString(name);
const record = (items: readonly Item[], first = ''): string =>
  `{ ${first}${items.map(({ name, code }) => (code === name ? name : `${key(name)}: ${code}`)).join(', ')} }`;

/** As state lies. */
export const storedIn = (scope: Scope, node: Node): string =>
  node.shape.length === 0 ? valueIn(scope, node) : scope.stored(node);

/** As a tensor, also a number of rank 0. */
export function valueIn(scope: Scope, node: Node): string {
  const value = scope.value(node);
  if (node.shape.length > 0) return scope.handed(node);
  return tensor({ ...value, code: value.truth ? `tf.cast(${value.code}, 'float32')` : value.code });
}
