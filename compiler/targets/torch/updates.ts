/**
 * An update as a function of the program: its losses, and gradients by the library's automatic differentiation. What no
 * gradient passes through is printed first, under `torch.no_grad()`.
 */
import type { LoweredUpdate, Settled } from '../../lower/lowered.ts';
import { agreedNodes } from '../../lower/agreed.ts';
import type { Node } from '../../ir/node.ts';
import { callsAtOnce } from './at-once.ts';
import { functionText, indented, oneLine } from './layout.ts';
import { placeOf } from '../text/calls.ts';
import type { Program } from './module.ts';
import { part, quoted } from './names.ts';
import { tuple } from './optimizers.ts';
import { outlinedRounds, roundFunctions } from './rounds.ts';
import { outlineOf, type Outline } from './rows.ts';
import type { Frame } from './frame.ts';
import { recordedWeights, Scope } from './scope.ts';
import { settledFunction } from './settled.ts';
import { atom, inNumbers, plain, range, whole } from './value.ts';
import { givenWholes } from './wholes.ts';

export interface OutlinedUpdate {
  readonly forward: LoweredUpdate;
  readonly outline: Outline;
  /** What it leaves open until all parts of a minibatch are done; null: nothing. */
  readonly settled: Settled | null;
  /** Of the passes that find numbers of a whole minibatch. */
  readonly rounds: readonly Outline[];
}

/** A value that the update is given, since others compute it too. */
export interface Given {
  readonly node: Node;
  readonly key: string;
  /** A derivative passes through it that is not this update's. */
  readonly detached: boolean;
}

/** The nodes that the update's function computes: losses before the objective, so that a name is found first. */
export const rootsOf = (
  { objective, losses, moved, condition }: LoweredUpdate,
  settled: Settled | null = null,
): Node[] => [
  ...losses.values(),
  objective,
  ...moved.values(),
  ...(settled?.means ?? (condition === null ? [] : [condition])),
];

export const outlinedUpdate = (forward: LoweredUpdate, settled: Settled | null = null): OutlinedUpdate => ({
  forward,
  outline: outlineOf(rootsOf(forward, settled), forward.builder.gradients),
  settled,
  rounds: outlinedRounds(forward),
});

/** `update_1`: the text of its function. */
export function updateFunction(
  program: Program,
  { forward, outline, settled, rounds }: OutlinedUpdate,
  shared: readonly Given[] = [],
): string {
  const { update, objective, losses, moved, condition, observed: batches } = forward;
  const { outer, inner, trained, frame } = scopesOf(program, forward, outline);
  const parameters = shared.map(({ node, key }) => {
    const name = outer.names.take(key);
    (trained.has(node) ? inner : outer).give(node, atom(name, range(node.shape.length)));
    return name;
  });
  const wholes = givenWholes(outer, forward.rounds);
  const valueIn = (node: Node, scope = trained.has(node) ? inner : outer): string =>
    plain(inNumbers(whole(scope, node, scope.value(node))));
  const goal = nameOf(inner, valueIn(objective), 'objective');
  const given = [
    ...(losses.size === 0
      ? []
      : [
          `losses=${record([...losses].map(([name, node]) => [name, node === objective ? goal : valueIn(node)]))},`,
        ]),
    `gradients=torch.autograd.grad(${update.declaration.sense === 'maximize' ? '-' : ''}${goal}, weights, materialize_grads=True),`,
  ];
  if (moved.size > 0) given.push(`moved=${record([...moved].map(([name, node]) => [name, valueIn(node)]))},`);
  const networks = update.networks.map((name) => `networks${part(name)}`).join(', ');
  const observed = batches.size === 0 ? [] : [`statistics = ops.batch_statistics(${networks})`];
  const asked = settled?.means ?? (condition === null ? [] : [condition]);
  const late = lateLines(asked, inner, trained, frame);
  if (observed.length > 0) given.push('statistics=statistics,');
  const codes = asked.map((node) =>
    settled !== null && node === objective ? goal : (late.codes.get(node) ?? valueIn(node, outer)),
  );
  if (settled !== null) given.push(`means=${tuple(codes)},`);
  else if (codes.length > 0) given.push(`when=${codes[0]},`);
  const lines = [
    `weights = ops.trained(${networks})`,
    ...parameters.filter((_, i) => shared[i].detached).map((name) => `${name} = ${name}.detach()`),
    ...recordedWeights(outline, new Set(forward.weights.map(({ name }) => name))),
    ...(outer.lines.length === 0 ? [] : [`with torch.no_grad():\n${indented(outer.lines)}`]),
    ...inner.lines,
    ...observed,
    ...late.lines,
    `return Taken(\n${indented([`objective=${goal},`, ...given])}\n)`,
  ];
  const doc = `update ${update.networks.join(', ')} to ${oneLine(update.text)}, ${placeOf(update.declaration.span)}`;
  const text = functionText(
    update.name,
    ['networks', 'batch', 'draws', 'at', ...parameters, ...wholes],
    doc,
    lines,
  );
  const when =
    settled === null
      ? []
      : [settledFunction(program, update.name, settled, (of) => [`when=${of(settled.condition!)},`])];
  return [...roundFunctions(program, forward, outline, rounds), text, ...when].join('\n\n\n');
}

/** The code itself where it is a name, else bound to one. */
const nameOf = (scope: Scope, code: string, wanted: string): string =>
  /^\w+$/.test(code) ? code : bindReserved(scope, code, wanted);

/** `objective` is nobody else's name. */
function bindReserved(scope: Scope, code: string, name: string): string {
  scope.lines.push(`${name} = ${code}`);
  return name;
}

const record = (entries: readonly (readonly [string, string])[]): string =>
  `{${entries.map(([name, code]) => `${quoted(name)}: ${code}`).join(', ')}}`;

/** The nodes that a derivative passes through which is taken in the update. */
export function trainedBy({
  forward: { weights, builder },
  outline,
}: Pick<OutlinedUpdate, 'forward' | 'outline'>): Set<Node> {
  const names = new Set(weights.map(({ name }) => name));
  const own = outline.inputs().filter((node) => names.has(node.attrs.name));
  return outline.dependentsOf([...own, ...[...builder.gradients.values()].map(({ by }) => by)]);
}

/** Reductions that all ranks must agree on. */
export const agreedIn = (forward: LoweredUpdate): Set<Node> =>
  agreedNodes(
    rootsOf(forward),
    forward.condition === null ? [] : [forward.condition],
    forward.builder.gradients,
  );

/** The function's two scopes, and the nodes that a derivative passes through. */
export function scopesOf(program: Program, forward: LoweredUpdate, outline: Outline) {
  const trained = trainedBy({ forward, outline });
  const agreed = agreedIn(forward);
  const spoken = forward.builder.names;
  const atOnce = callsAtOnce(forward, outline, trained, (name) => program.isState(name));
  const frame: Frame = { program, outline, spoken, taped: trained, agreed, atOnce, region: undefined };
  const outer = new Scope(frame, [{ path: '', code: 'networks' }], program.names.inner());
  return { outer, inner: outer.inside((node) => trained.has(node)), trained, frame };
}

/** What the condition alone computes, or means that settle it: after the statistics were taken, which it moves not. */
function lateLines(
  asked: readonly Node[],
  inner: Scope,
  trained: ReadonlySet<Node>,
  frame: Frame,
): { lines: string[]; codes: ReadonlyMap<Node, string> } {
  const late = inner.inside((node) => trained.has(node) && !inner.has(node));
  const codes = new Map(
    asked
      .filter((node) => trained.has(node))
      .map((node) => [node, plain(inNumbers(whole(late, node, late.value(node))))]),
  );
  if (late.lines.length === 0) return { lines: [], codes };
  const lines = frame.outline.hasDerivatives
    ? late.lines
    : [`with torch.no_grad():\n${indented(late.lines)}`];
  return { lines, codes };
}
