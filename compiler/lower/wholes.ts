/**
 * Numbers of a whole minibatch that each of its parts needs, where one is computed in parts: a mean or sum over rows that an update
 * minimises a function of (a square, a quotient), or that rows are compared with. In: an update or `set` for any number of rows;
 * out: the same, as a part computes it, and in which passes over all parts the numbers are found out.
 *
 * In the place of such a mean m a part reads M, the mean of the whole minibatch, a leaf that no gradient passes. The derivative by
 * a weight lacks dJ/dM · dM/dw then, for the objective J. dM/dw is the mean of what the parts have, dJ/dM is a number of the whole
 * minibatch as M is: so J is given the term dJ/dM · (m − stop(m)), which is 0 and has this derivative. First come the passes that
 * find M, those first that others are made of, then those that find dJ/dM, the other way round.
 */
import type { Builder } from '../ir/builder.ts';
import { sumAll } from '../ir/compose.ts';
import { isKnown, ofAllProcesses, product, type Dim } from '../ir/dim.ts';
import { differentiate, flow } from '../ir/differentiate.ts';
import { reachable, type Node } from '../ir/node.ts';
import { meanOf } from '../ir/patterns.ts';
import { rebuilt, type Rebuilt } from '../ir/rebuilt.ts';
import { wholeName } from '../leaves.ts';
import type { Model } from '../model.ts';
import { setAgain, updateAgain } from './again.ts';
import { dividedSums } from './agreed.ts';
import { ofAnyRows, ofBatch } from './blocks.ts';
import {
  nameOf,
  type LoweredPhase,
  type LoweredScope,
  type LoweredSet,
  type LoweredStatement,
  type LoweredUpdate,
  type Whole,
} from './lowered.ts';
import { bentIn, isSettled, lateRoots, meansBelow } from './settled.ts';

type Rounds = LoweredUpdate['rounds'];

// ---------------------------------------------------------------- all of a schedule

/** Phases with their statements as the parts of minibatches compute them. */
export const phasesInParts = (model: Model, phases: readonly LoweredPhase[], parts: number): LoweredPhase[] =>
  phases.map((phase) => ({ ...phase, scope: scopeInParts(model, phase.scope, parts) }));

const scopeInParts = (model: Model, { reads, actions }: LoweredScope, parts: number): LoweredScope => ({
  reads,
  actions: actions.map((action) =>
    action.kind === 'repeat'
      ? { ...action, scope: scopeInParts(model, action.scope, parts) }
      : { ...action, statements: action.statements.map((one) => statementInParts(model, one, parts)) },
  ),
});

function statementInParts(model: Model, statement: LoweredStatement, parts: number): LoweredStatement {
  const set = (one: LoweredSet): LoweredSet => atBatch(model, one, (any) => setOfPart(any, parts));
  if (statement.kind === 'average') return statement;
  if (statement.kind === 'set') return { kind: 'set', set: set(statement.set) };
  const updates = statement.updates.map((one) => atBatch(model, one, (any) => updateOfPart(any, parts)));
  return { kind: 'updates', updates, sets: statement.sets.map(set) };
}

/** For a batch of the spec's; itself where it needs no number of the whole minibatch. */
function atBatch<T extends { withRows(rowCount: (name: string) => Dim): T }>(
  model: Model,
  one: T,
  ofPart: (any: T) => T,
): T {
  const any = ofAnyRows<T>(model, one);
  const made = ofPart(any);
  return made === any ? one : ofBatch<T>(model, made);
}

// ---------------------------------------------------------------- one update or set

/** `parts`: of how many it computes one. */
export function updateOfPart(any: LoweredUpdate, parts: number): LoweredUpdate {
  const means = wholeMeans(any);
  if (means.length === 0) return any;
  const given = withLeaves(any, means, parts);
  const { objective, derivatives } = corrected(any, given);
  return updateAgain(any, given.to, { objective, rounds: [...given.levels, ...derivatives] });
}

export function setOfPart(any: LoweredSet, parts: number): LoweredSet {
  const means = wholeMeans(any);
  if (means.length === 0) return any;
  const given = withLeaves(any, means, parts);
  return setAgain(any, given.to, { rounds: given.levels });
}

/** Means and sums over rows that a part cannot have by itself, those first that others are made of. */
function wholeMeans(any: LoweredUpdate | LoweredSet): Node[] {
  const own = 'set' in any ? [] : [any.objective, ...any.losses.values(), ...any.moved.values()];
  const needed = isSettled(any) ? meansBelow(any).needed : [];
  const { gradients } = any.builder;
  const nodes = reachable([...own, ...lateRoots(any)]);
  const divided = dividedSums(nodes);
  const isFound = (node: Node): boolean =>
    gradients.has(node) || (node.op === 'sum' ? !divided.has(node) : meanOf(node) !== undefined);
  const found = [...new Set([...bentIn(any, own), ...needed])].filter(
    (node) => isKnown(node.shape) && isFound(node),
  );
  const taken = nodes.flatMap((node) => gradients.get(node) ?? []);
  const reaches = (y: Node, x: Node): boolean => flow(y, [x]).kind === 'reaches';
  // Such a derivative is not what it is of the mean over a part: it stays refused (in-parts.ts).
  const isPassed = (mean: Node): boolean =>
    taken.some(({ of, by }) => mean !== of && mean !== by && reaches(of, mean) && reaches(mean, by));
  return found.filter((mean) => !isPassed(mean)).sort((a, b) => a.id - b.id);
}

/** A graph in which leaves stand for these means, and the means by the pass that finds them. */
interface Given {
  readonly to: Rebuilt;
  readonly levels: readonly (readonly Whole[])[];
}

function withLeaves(any: LoweredUpdate | LoweredSet, means: readonly Node[], parts: number): Given {
  const name = nameOf(any);
  const levels = levelsOf(means);
  const leafOf =
    ({ shape }: Node, i: number) =>
    (b: Builder) =>
      b.input(wholeName(name, String(i + 1)), shape);
  const to = rebuilt(any.builder, {}, new Map(levels.flat().map((mean, i) => [mean, leafOf(mean, i)])));
  let count = 0;
  const wholeOf = (mean: Node): Whole => ({
    number: String(++count),
    value: ofAllRows(to.b, to.copy(mean), parts),
    leaf: to.read(mean),
  });
  return { to, levels: levels.map((level) => level.map(wholeOf)) };
}

/** A sum over the rows of all parts, as a mean over those of one is of it: times as many as there are in all processes. */
function ofAllRows(b: Builder, node: Node, parts: number): Node {
  if (node.op !== 'sum') return node;
  const [x] = node.inputs;
  const count = product(node.attrs.axes.map((axis) => x.shape[axis]));
  return b.mul(b.mul(b.div(node, b.extent(count)), parts), b.extent(ofAllProcesses(count)));
}

/** By how many means are made of one another below each. */
function levelsOf(means: readonly Node[]): Node[][] {
  const levels: Node[][] = [];
  const levelOf = new Map<Node, number>();
  for (const mean of means) {
    const inside = reachable([mean]).flatMap((node) => (node === mean ? [] : (levelOf.get(node) ?? [])));
    const level = Math.max(-1, ...inside) + 1;
    levelOf.set(mean, level);
    levels[level] = [...(levels[level] ?? []), mean];
  }
  return levels;
}

/** The objective with the terms by which gradients pass its means, and the passes that find the derivatives by them. */
function corrected(
  any: LoweredUpdate,
  { to: { b, read }, levels }: Given,
): { objective: Node; derivatives: Rounds } {
  const name = nameOf(any);
  const trained = any.weights.flatMap((weight) => any.state.get(weight.name) ?? []).map(read);
  // A mean that is made of another one passes its gradient on.
  for (const { value, leaf } of levels.flat())
    if (flow(value, trained).kind === 'reaches') trained.push(leaf);
  const derivatives: Whole[][] = [];
  let count = levels.flat().length;
  let corrected = read(any.objective);
  for (const level of [...levels].reverse()) {
    const passed = level.filter(
      ({ leaf }) => trained.includes(leaf) && flow(corrected, [leaf]).kind === 'reaches',
    );
    if (passed.length === 0) continue;
    const leaves = passed.map(({ leaf }) => leaf);
    const values = b.derived(() => differentiate(b, corrected, leaves));
    const found = values.map((value): Whole => {
      const number = String(++count);
      return { number, value, leaf: b.input(wholeName(name, number), value.shape) };
    });
    derivatives.push(found);
    const terms = passed.map(({ value }, i) => sumAll(b, b.mul(found[i].leaf, b.sub(value, b.stop(value)))));
    corrected = terms.reduce((sum, term) => b.add(sum, term), corrected);
  }
  return { objective: corrected, derivatives };
}
