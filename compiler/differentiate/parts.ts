/**
 * A step in parts (lower/parts.ts) as graphs: one that adds what an update gives for a part of the minibatch to sums, which are
 * state as long as the step lasts, and one that applies the means and leaves the sums at 0. What a mean over all rows settles
 * (lower/settled.ts) is computed there, from the means over parts. In: a step's graph as values; out: the graph.
 */
import { fill } from '../ir/compose.ts';
import { knownShape, type Shape } from '../ir/dim.ts';
import { reachable, type Node } from '../ir/node.ts';
import { isStateLeaf, sumName } from '../leaves.ts';
import { nameOf, settledRoots } from '../lower/lowered.ts';
import type {
  Graph,
  Lowered,
  LoweredSet,
  LoweredStatement,
  LoweredUpdate,
  Output,
  Settled,
} from '../lower/lowered.ts';
import { overCalls } from '../lower/observed.ts';
import { takenIn, type Reading, type StepGraph } from '../lower/parts.ts';
import {
  apply,
  average,
  differentiateStep,
  graphOf,
  newWork,
  outputsOf,
  keptState,
  setValue,
  standingNodes,
  takeGradients,
  type Taken,
  type Work,
} from './step.ts';

/** How many parts sums are of, and what is settled by them. */
type InParts = Pick<Lowered, 'parts' | 'settled'>;

export function differentiateGraph({ role, round, statements }: StepGraph, inParts: InParts): Graph {
  if (role === 'whole') return differentiateStep(statements);
  const work = newWork();
  const outputs = statements.flatMap((statement): [string, Output][] => {
    if (role === 'apply') return applied(work, statement, inParts);
    if (statement.kind === 'average') throw new Error('an average is of no part of a minibatch');
    return role === 'part' ? added(work, statement, inParts) : addRound(work, statement, round, inParts);
  });
  return graphOf(work, outputs);
}

// ---------------------------------------------------------------- numbers of the whole minibatch

/** Adds what this pass finds out: numbers that the passes behind it need. */
function addRound(work: Work, statement: Reading, round: number, { parts }: InParts): [] {
  const { updates, sets } = takenIn(statement);
  for (const one of [...updates, ...sets]) {
    const wholes = one.rounds[round] ?? [];
    if (wholes.length === 0) continue;
    const here = standingNodes(work, one, wholesAt(work, one, one.rounds.slice(0, round), parts));
    for (const { number, value } of wholes) add(work, sumName(nameOf(one), 'whole', number), here(value));
  }
  return [];
}

/** What stands in the place of leaves that passes before have found: the means of their sums. */
const wholesAt = (
  work: Work,
  one: LoweredUpdate | LoweredSet,
  rounds: LoweredUpdate['rounds'],
  parts: number,
): Map<Node, Node> =>
  new Map(
    rounds
      .flat()
      .map(({ number, leaf }) => [
        leaf,
        meanIn(work, sumName(nameOf(one), 'whole', number), knownShape(leaf.shape), parts),
      ]),
  );

// ---------------------------------------------------------------- a part

function added(work: Work, statement: Reading, inParts: InParts): [string, Output][] {
  const { settled, parts } = inParts;
  const { updates, sets } = takenIn(statement);
  const wholesOf = (one: LoweredUpdate | LoweredSet) => wholesAt(work, one, one.rounds, parts);
  const together = updates.map((update) => takeGradients(work, update, wholesOf(update)));
  const own = sets.filter(({ set }) => !settled.has(set.name));
  const values = own.map((set) => ({ set: set.set, ...setValue(work, set, wholesOf(set)) }));
  for (const one of [...updates, ...sets]) addMeans(work, one, inParts);
  together.forEach((taken) => addTaken(work, taken, settled.has(taken.update.name)));
  for (const { set, value, condition } of values) {
    add(work, sumName(set.name, 'moved', set.state.name), value);
    if (condition !== null) add(work, sumName(set.name, 'when'), condition);
  }
  return [
    ...together.flatMap((taken) => numbersOf(taken.update, taken)),
    ...values.flatMap((made) => numbersOf(made.set, made)),
  ];
}

/** What it is settled by when all parts are done. */
function addMeans(work: Work, one: LoweredUpdate | LoweredSet, { settled, parts }: InParts): void {
  const name = nameOf(one);
  const { means = [] } = settled.get(name) ?? {};
  if (means.length === 0) return;
  const here = standingNodes(work, one, wholesAt(work, one, one.rounds, parts));
  means.forEach((mean, i) => add(work, sumName(name, 'means', String(i + 1)), here(mean)));
}

/** What an update gives, but for whether it is applied: that is known when all parts are done. */
const numbersOf = (
  { name }: { readonly name: string },
  values: Pick<Taken, 'objective' | 'losses'>,
): [string, Output][] => outputsOf({ ...values, update: { name }, condition: null });

function addTaken(
  work: Work,
  { update, weights, gradients, observed, moved, condition }: Taken,
  isSettled: boolean,
): void {
  const { name } = update;
  weights.forEach((weight, i) => add(work, sumName(name, 'gradients', weight.name), gradients[i]));
  for (const [buffer, calls] of observed)
    add(work, sumName(name, 'statistics', buffer), overCalls(work.b, calls));
  for (const [buffer, value] of moved) add(work, sumName(name, 'moved', buffer), value);
  if (condition !== null && !isSettled) add(work, sumName(name, 'when'), condition);
}

function add({ b, state }: Work, sum: string, value: Node): void {
  state.set(sum, b.add(state.get(sum, value.shape as readonly number[]), value));
}

// ---------------------------------------------------------------- all parts together

function applied(work: Work, statement: LoweredStatement, inParts: InParts): [string, Output][] {
  if (statement.kind === 'average') {
    average(work, statement.average);
    return [];
  }
  const { updates, sets } = takenIn(statement);
  [...updates, ...sets].forEach((one) => clearWholes(work, one));
  const together = updates.map((update) => meansOf(work, update, inParts));
  const values = sets.map((set) => nextState(work, set, inParts));
  together.forEach((taken) => apply(work, taken));
  for (const { set, next } of values) work.state.set(set.state.name, next);
  return [
    ...together.flatMap(({ update, condition }) => appliedOutput(update, condition)),
    ...values.flatMap(({ outputs }) => outputs),
  ];
}

/** Numbers of the whole minibatch are of no use any more. */
function clearWholes(work: Work, one: LoweredUpdate | LoweredSet): void {
  for (const { number, leaf } of one.rounds.flat())
    clear(work, sumName(nameOf(one), 'whole', number), leaf.shape);
}

function nextState(work: Work, { set, condition }: LoweredSet, { settled, parts }: InParts) {
  const { name, state } = set;
  const known = settled.get(name);
  if (known !== undefined) {
    const { value, after, when } = settle(work, name, known, parts);
    const next = keptState(work, state, value!, when);
    const told = { update: set, objective: after!, condition: when, losses: new Map([[state.name, after!]]) };
    return { set, next, outputs: outputsOf(told) };
  }
  const value = taken(work, sumName(name, 'moved', state.name), state.shape, parts);
  const when = conditionOf(work, name, condition, parts);
  return { set, next: keptState(work, state, value, when), outputs: appliedOutput(set, when) };
}

/** What follows from the means over all parts, at the state as it stands. */
function settle(work: Work, name: string, settled: Settled, parts: number) {
  const { b, state, origins } = work;
  const { given, condition, next } = settled;
  for (const [leaf, origin] of settled.origins) origins.set(leaf, origin);
  const roots = settledRoots(settled);
  const means = given.map(({ shape }, i) =>
    taken(work, sumName(name, 'means', String(i + 1)), knownShape(shape), parts),
  );
  const replace = new Map<Node, Node>(given.map((node, i) => [node, means[i]]));
  for (const leaf of reachable(roots))
    if (isStateLeaf(leaf)) replace.set(leaf, state.get(leaf.attrs.name, knownShape(leaf.shape)));
  const made = b.instantiate(roots, replace);
  const at = (root: Node | undefined): Node | null => (root === undefined ? null : made[roots.indexOf(root)]);
  return { when: at(condition ?? undefined), value: at(next?.value), after: at(next?.after) };
}

/** A condition that is the same for all parts: their mean. */
const conditionOf = (work: Work, name: string, condition: Node | null, parts: number): Node | null =>
  condition === null ? null : taken(work, sumName(name, 'when'), [], parts);

const appliedOutput = ({ name }: { readonly name: string }, condition: Node | null): [string, Output][] =>
  condition === null ? [] : [[`applied:${name}`, { node: condition, to: { kind: 'applied', update: name } }]];

/** An update with the means over its parts in the place of what it gives. */
function meansOf(work: Work, lowered: LoweredUpdate, { settled, parts }: InParts): Taken {
  const { update, weights, buffers, observed, moved, condition } = lowered;
  const known = settled.get(update.name);
  const mean = (
    what: 'gradients' | 'statistics' | 'moved',
    { name, shape }: { name: string; shape: readonly number[] },
  ): Node => taken(work, sumName(update.name, what, name), shape, parts);
  const ofBuffers = <T>(table: ReadonlyMap<string, unknown>, make: (buffer: (typeof buffers)[number]) => T) =>
    new Map(buffers.filter(({ name }) => table.has(name)).map((buffer) => [buffer.name, make(buffer)]));
  const when =
    known === undefined
      ? conditionOf(work, update.name, condition, parts)
      : settle(work, update.name, known, parts).when;
  return {
    ...{ update, weights, buffers },
    gradients: weights.map((weight) => mean('gradients', weight)),
    observed: ofBuffers(observed, (buffer) => [{ batch: mean('statistics', buffer), rows: 1 }]),
    moved: ofBuffers(moved, (buffer) => mean('moved', buffer)),
    condition: when,
    losses: new Map(),
    objective: work.b.constant(0),
  };
}

/** The mean of a sum, which is 0 again afterwards. */
function taken(work: Work, sum: string, shape: readonly number[], parts: number): Node {
  const mean = meanIn(work, sum, shape, parts);
  clear(work, sum, shape);
  return mean;
}

const meanIn = ({ b, state }: Work, sum: string, shape: readonly number[], parts: number): Node =>
  b.mul(state.get(sum, shape), 1 / parts);

const clear = ({ b, state }: Work, sum: string, shape: Shape): void => state.set(sum, fill(b, 0, shape));
