/**
 * Which way an update pulls the answers of networks in its objective: up, down, or to a number. In: an update and the
 * answers in what it minimises; out: the pull on each, as far as it is certain. Sums, weights and functions that grow are
 * followed; cross entropies and squares ask for a number.
 */
import type { Node } from '../ir/node.ts';
import { reluOf, softplusOf, spreadOf, squareOf, uniformValue } from '../ir/patterns.ts';
import type { Analysis, AnalysedUpdate } from './analysis.ts';
import type { Answer } from './answers.ts';
import { factorBounds } from './factors.ts';
import { builtinOf, summands, turned, type Sign } from './signs.ts';

export interface Pull {
  /** 1: the answer is made larger, -1: smaller, 0: wherever the number is. */
  readonly way: Sign;
  /** The number that is asked for, if one is: the target of a cross entropy or of a square. */
  readonly to?: number;
  /** The class that all rows are asked for (class-pulls.ts), or how many of the first classes they are asked for. */
  readonly one?: number;
  readonly below?: number;
  /** The cross entropy or square that asks for it. */
  readonly by?: Node;
}

/** The pull on each answer that the objective is made of, all terms together; undefined where it is not certain. */
export function pullsOf(
  analysis: Analysis,
  update: AnalysedUpdate,
  answers: ReadonlyMap<Node, Answer>,
): Map<Node, Pull | undefined> {
  return new Map([...allPullsOf(analysis, update, answers)].map(([node, pulls]) => [node, together(pulls)]));
}

/** Each term's pull on each answer that the objective is made of; undefined where it is not certain. */
export function allPullsOf(
  analysis: Analysis,
  { objective, declaration }: AnalysedUpdate,
  answers: ReadonlyMap<Node, Answer>,
): Map<Node, (Pull | undefined)[]> {
  const found = new Map<Node, (Pull | undefined)[]>();
  const note = (answer: Node, pull: Pull | undefined): void =>
    void found.set(answer, [...(found.get(answer) ?? []), pull]);
  const seen = new Set<string>();
  const open: [Node, Sign][] =
    objective === null ? [] : [[objective.node, declaration.sense === 'maximize' ? -1 : 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, sign] = next;
    const key = `${node.id} ${sign}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const goal = goalOf(node, answers);
    const asked = goal && spread(goal.of, answers);
    if (answers.has(node)) note(node, sign === 0 ? undefined : { way: turned(sign) });
    else if (goal !== undefined && asked !== undefined)
      note(asked, sign === 1 ? { ...goal.pull, by: node } : undefined);
    else open.push(...steps(analysis, node, sign));
  }
  return found;
}

/** Whether two pulls want the same. */
export const isSame = (a: Pull, b: Pull): boolean =>
  a.way === b.way && (a.way !== 0 || known(a.to, b.to, same) || known(a.one, b.one, same));

/** Whether what one wants is surely not what the other does. */
export function isOther(a: Pull, b: Pull): boolean {
  if (a.way !== 0 && b.way !== 0) return a.way !== b.way;
  const beyond = (one: number, below: number): boolean => one >= below;
  return (
    known(a.to, b.to, differ) ||
    known(a.one, b.one, differ) ||
    known(a.one, b.below, beyond) ||
    known(b.one, a.below, beyond)
  );
}

const same = (x: number, y: number): boolean => x === y;
const differ = (x: number, y: number): boolean => x !== y;
const known = (
  x: number | undefined,
  y: number | undefined,
  holds: (x: number, y: number) => boolean,
): boolean => x !== undefined && y !== undefined && holds(x, y);

/** All pulls on one answer as one. What also holds it near a number (a drift term) turns no direction. */
export function together(pulls: readonly (Pull | undefined)[]): Pull | undefined {
  const sure = pulls.flatMap((pull) => pull ?? []);
  const directed = sure.filter(({ way }) => way !== 0);
  const [first, ...others] = directed.length > 0 ? directed : sure;
  if (first === undefined || sure.length < pulls.length || !others.every((one) => isSame(first, one)))
    return undefined;
  return others.every(({ to }) => to === first.to) ? first : { way: first.way };
}

/** The answer that a node repeats or is. */
function spread(node: Node, answers: ReadonlyMap<Node, Answer>): Node | undefined {
  if (answers.has(node)) return node;
  return node.op === 'expand' || node.op === 'reshape' ? spread(node.inputs[0], answers) : undefined;
}

/** What a cross entropy or a square asks for: of what, and which number. */
function goalOf(
  node: Node,
  answers: ReadonlyMap<Node, Answer>,
): { readonly of: Node; readonly pull: Pull } | undefined {
  const gap = squareOf(node);
  if (gap !== undefined) {
    // x - 0 is x, and an answer may end in a sum of its own.
    const shifted = answers.has(gap) ? { of: gap, by: 0 } : shiftOf(gap);
    return shifted && { of: shifted.of, pull: { way: 0, to: shifted.by } };
  }
  if (builtinOf(node) !== 'bce') return undefined;
  const asked = softplusOf(node);
  if (asked !== undefined && asked.op === 'neg') return { of: asked.inputs[0], pull: { way: 1, to: 1 } };
  if (asked !== undefined) return { of: asked, pull: { way: -1, to: 0 } };
  const x = node.op === 'sub' ? softplusOf(node.inputs[0]) : undefined;
  const to = x && node.inputs[1].op === 'mul' ? uniformValue(spreadOf(node.inputs[1].inputs[0])) : undefined;
  return x === undefined || to === undefined
    ? undefined
    : { of: x, pull: { way: to === 0.5 ? 0 : to > 0.5 ? 1 : -1, to } };
}

/** x and c of x - c, c - x or x + c, whose square is least where x is c (or -c). */
function shiftOf(gap: Node): { readonly of: Node; readonly by: number } | undefined {
  const [x, y] = gap.inputs;
  if (gap.op !== 'sub' && gap.op !== 'add') return { of: gap, by: 0 };
  const [left, right] = [uniformValue(x), uniformValue(y)];
  const turn = gap.op === 'add' ? -1 : 1;
  if (right !== undefined) return { of: x, by: turn * right };
  return left === undefined ? undefined : { of: y, by: turn * left };
}

/** Functions that grow with each of their inputs, and steps that only move numbers. */
const growing: ReadonlySet<Node['op']> = new Set([
  ...(['exp', 'log', 'sqrt', 'tanh', 'sigmoid', 'max', 'min', 'amax'] as const),
  ...(['slice', 'transpose', 'flip', 'concat', 'pad', 'regroup'] as const),
]);

function steps(analysis: Analysis, node: Node, sign: Sign): [Node, Sign][] {
  const inner = softplusOf(node) ?? (node.op === 'select' ? reluOf(node.inputs)?.x : undefined);
  if (inner !== undefined) return [[inner, sign]];
  if (growing.has(node.op)) return node.inputs.map((input) => [input, sign]);
  if (node.op === 'stop') return [];
  if (node.op !== 'reverse') return summands(analysis, node, sign);
  const [x, factor] = node.inputs;
  return [[x, factorBounds(analysis.evaluated, factor)[0] >= 0 ? turned(sign) : 0]];
}
