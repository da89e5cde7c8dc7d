/**
 * A step in parts (lower/parts.ts) as graphs: one that adds what an update gives for a part of the minibatch to sums, which are
 * state as long as the step lasts, and one that applies the means and leaves the sums at 0. In: a step's graph as values; out:
 * the graph.
 */
import { fill } from '../ir/compose.ts';
import type { Node } from '../ir/node.ts';
import { sumName } from '../leaves.ts';
import type { Graph, LoweredSet, LoweredStatement, LoweredUpdate, Output } from '../lower/lowered.ts';
import { overCalls } from '../lower/observed.ts';
import { takenIn, type StepGraph } from '../lower/parts.ts';
import {
  apply,
  average,
  differentiateStep,
  graphOf,
  newWork,
  outputsOf,
  keptState,
  setValue,
  takeGradients,
  type Taken,
  type Work,
} from './step.ts';

/** `parts`: how many the sums of an `apply` are of. */
export function differentiateGraph({ role, statements }: StepGraph, parts: number): Graph {
  if (role === 'whole') return differentiateStep(statements);
  const work = newWork();
  const outputs = statements.flatMap((statement) =>
    role === 'part' ? added(work, statement) : applied(work, statement, parts),
  );
  return graphOf(work, outputs);
}

// ---------------------------------------------------------------- a part

function added(work: Work, statement: LoweredStatement): [string, Output][] {
  if (statement.kind === 'average') throw new Error('an average is of no part of a minibatch');
  const { updates, sets } = takenIn(statement);
  const together = updates.map((update) => takeGradients(work, update));
  const values = sets.map(({ set, ...lowered }) => ({ set, ...setValue(work, { set, ...lowered }) }));
  together.forEach((taken) => addTaken(work, taken));
  for (const { set, value, condition } of values) {
    add(work, sumName(set.name, 'moved', set.state.name), value);
    if (condition !== null) add(work, sumName(set.name, 'when'), condition);
  }
  return [
    ...together.flatMap((taken) => numbersOf(taken.update, taken)),
    ...values.flatMap((made) => numbersOf(made.set, made)),
  ];
}

/** What an update gives, but for whether it is applied: that is known when all parts are done. */
const numbersOf = (
  { name }: { readonly name: string },
  values: Pick<Taken, 'objective' | 'losses'>,
): [string, Output][] => outputsOf({ ...values, update: { name }, condition: null });

function addTaken(work: Work, { update, weights, gradients, observed, moved, condition }: Taken): void {
  const { name } = update;
  weights.forEach((weight, i) => add(work, sumName(name, 'gradients', weight.name), gradients[i]));
  for (const [buffer, calls] of observed)
    add(work, sumName(name, 'statistics', buffer), overCalls(work.b, calls));
  for (const [buffer, value] of moved) add(work, sumName(name, 'moved', buffer), value);
  if (condition !== null) add(work, sumName(name, 'when'), condition);
}

function add({ b, state }: Work, sum: string, value: Node): void {
  state.set(sum, b.add(state.get(sum, value.shape as readonly number[]), value));
}

// ---------------------------------------------------------------- all parts together

function applied(work: Work, statement: LoweredStatement, parts: number): [string, Output][] {
  if (statement.kind === 'average') {
    average(work, statement.average);
    return [];
  }
  const { updates, sets } = takenIn(statement);
  const together = updates.map((update) => meansOf(work, update, parts));
  const values = sets.map((set) => nextState(work, set, parts));
  together.forEach((taken) => apply(work, taken));
  for (const { set, next } of values) work.state.set(set.state.name, next);
  return [
    ...together.flatMap(({ update, condition }) => appliedOutput(update, condition)),
    ...values.flatMap(({ set, condition }) => appliedOutput(set, condition)),
  ];
}

function nextState(work: Work, { set, condition }: LoweredSet, parts: number) {
  const { name, state } = set;
  const value = taken(work, sumName(name, 'moved', state.name), state.shape, parts);
  const when = condition === null ? null : taken(work, sumName(name, 'when'), [], parts);
  return { set, condition: when, next: keptState(work, state, value, when) };
}

const appliedOutput = ({ name }: { readonly name: string }, condition: Node | null): [string, Output][] =>
  condition === null ? [] : [[`applied:${name}`, { node: condition, to: { kind: 'applied', update: name } }]];

/** An update with the means over its parts in the place of what it gives. */
function meansOf(work: Work, lowered: LoweredUpdate, parts: number): Taken {
  const { update, weights, buffers, observed, moved, condition } = lowered;
  const mean = (
    what: 'gradients' | 'statistics' | 'moved',
    { name, shape }: { name: string; shape: readonly number[] },
  ): Node => taken(work, sumName(update.name, what, name), shape, parts);
  const ofBuffers = <T>(table: ReadonlyMap<string, unknown>, make: (buffer: (typeof buffers)[number]) => T) =>
    new Map(buffers.filter(({ name }) => table.has(name)).map((buffer) => [buffer.name, make(buffer)]));
  return {
    ...{ update, weights, buffers },
    gradients: weights.map((weight) => mean('gradients', weight)),
    observed: ofBuffers(observed, (buffer) => [{ batch: mean('statistics', buffer), rows: 1 }]),
    moved: ofBuffers(moved, (buffer) => mean('moved', buffer)),
    condition: condition === null ? null : taken(work, sumName(update.name, 'when'), [], parts),
    losses: new Map(),
    objective: work.b.constant(0),
  };
}

/** The mean of a sum, which is 0 again afterwards. */
function taken({ b, state }: Work, sum: string, shape: readonly number[], parts: number): Node {
  const mean = b.mul(state.get(sum, shape), 1 / parts);
  state.set(sum, fill(b, 0, shape));
  return mean;
}
