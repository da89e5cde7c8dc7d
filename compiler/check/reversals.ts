/**
 * Gradient reversals that turn nothing: no trained network behind them, another one right behind that turns the gradient
 * back, a factor that is never positive. Looked for in the objectives of all updates, by the place in the text.
 */
import { diagnostic, type DiagnosticDetails } from '../../grammar/diagnostics.ts';
import type { Span } from '../../grammar/source.ts';
import { flowingInputs, passed } from '../differentiate.ts';
import type { Context } from '../elaborate/context.ts';
import { kinds } from '../errors.ts';
import { reachable, type Node } from '../graph/node.ts';
import { factorBounds } from './factors.ts';
import type { Reporter } from './reporter.ts';
import { constantsBeside, weightNodes } from './trained.ts';
import type { CheckedUpdate } from './updates.ts';

export function checkReversals(context: Context, updates: readonly CheckedUpdate[], report: Reporter): void {
  const places = new Map<string, { span: Span; alive: boolean }>();
  const say = (node: Node, details: DiagnosticDetails): void =>
    report.say(diagnostic(kinds.reversal, node.origin!, details));
  for (const update of updates) {
    if (update.objective === null) return;
    const trained = update.networks.flatMap((network) => weightNodes(context, network));
    const way = passed(update.objective.node, trained, constantsBeside(context, trained));
    for (const node of reachable([update.objective.node])) {
      if (node.op !== 'reverse' || node.origin === undefined) continue;
      const key = `${node.origin.source.path}:${node.origin.start}`;
      const alive = way.has(node) || places.get(key)?.alive === true;
      places.set(key, { span: node.origin, alive });
      const [, high] = factorBounds(context, node.inputs[1]);
      if (high < 0 || (high === 0 && !isZero(context, node.inputs[1]))) say(node, negative);
      const second = way.has(node) ? turnedBack(node, way) : undefined;
      if (second !== undefined) say(node, cancelled(second));
    }
  }
  for (const { span, alive } of places.values())
    if (!alive) report.say(diagnostic(kinds.reversal, span, idle));
}

const isZero = (context: Context, factor: Node): boolean => factorBounds(context, factor)[0] === 0;

/** A reversal behind this one with nothing trained in between: every way on from each node leads through one. */
function turnedBack(node: Node, way: ReadonlySet<Node>): Node | undefined {
  const turned = new Map<Node, boolean>();
  const next = (one: Node): Node[] => flowingInputs(one).filter((x) => way.has(x));
  const leadsThrough = (one: Node): boolean => {
    const known = turned.get(one);
    if (known !== undefined) return known;
    const found = one.op === 'reverse' || (next(one).length > 0 && next(one).every(leadsThrough));
    turned.set(one, found);
    return found;
  };
  if (!next(node).every(leadsThrough)) return undefined;
  const open = next(node);
  for (const one of open) {
    if (one.op === 'reverse') return one;
    open.push(...next(one));
  }
  return undefined;
}

const idle: DiagnosticDetails = {
  what: 'this `reverse` turns no gradient',
  why: 'No update in whose objective it stands trains a network behind it.',
  hint: 'Name the network that computes its argument in that update too, or leave the `reverse` out.',
};

const negative: DiagnosticDetails = {
  what: 'the factor of this `reverse` is never positive',
  why: 'The gradient comes back times -k: with a negative k it keeps its sign.',
  hint: 'Leave out the minus: `reverse(x, k)` turns the gradient by itself.',
};

const cancelled = (second: Node): DiagnosticDetails => ({
  what: 'this `reverse` is undone by another one',
  why: 'The gradient is turned twice, and nothing is trained in between.',
  hint: 'Leave one of them out.',
  labels: second.origin === undefined ? [] : [{ span: second.origin, text: 'turned back here' }],
});
