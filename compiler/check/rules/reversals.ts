/**
 * Gradient reversals that turn nothing: no trained network behind them, another one right behind that turns the gradient
 * back, a factor that is never positive. Looked for in the objectives of all updates, by the place in the text.
 */
import { diagnostic, type Diagnostic, type DiagnosticDetails } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import type { Span } from '../../../grammar/source.ts';
import { flowingInputs, passed } from '../../ir/differentiate.ts';
import { reachable, type Node } from '../../ir/node.ts';
import { factorBounds } from '../../analyse/factors.ts';
import { constantsBeside, weightNodes } from '../../analyse/trained.ts';
import type { Analysis, AnalysedUpdate } from '../../analyse/analysis.ts';
import { lossTerms } from '../../analyse/loss-terms.ts';
import type { Rule } from '../rule.ts';

export const reversals: Rule = (analysis) => {
  const { schedule, evaluated } = analysis;
  const updates = schedule?.updates ?? [];
  const found: Diagnostic[] = [];
  const places = new Map<string, { span: Span; alive: boolean }>();
  const say = (node: Node, details: DiagnosticDetails): void =>
    void found.push(diagnostic(kinds.reversal, node.origin!, details));
  for (const update of updates) {
    if (update.objective === null) return found;
    const trained = update.networks.flatMap((network) => weightNodes(analysis, network));
    const way = passed(update.objective.node, trained, constantsBeside(evaluated, trained));
    const undone = turnedBack(way);
    for (const [node, term] of subtractedBehind(analysis, update, trained)) say(node, minused(term));
    for (const node of reachable([update.objective.node])) {
      if (node.op !== 'reverse' || node.origin === undefined) continue;
      const key = `${node.origin.source.path}:${node.origin.start}`;
      const alive = way.has(node) || places.get(key)?.alive === true;
      places.set(key, { span: node.origin, alive });
      const [low, high] = factorBounds(evaluated, node.inputs[1]);
      if (low < 0 && high <= 0) say(node, negative);
      const second = undone.get(node);
      if (second !== undefined) say(node, cancelled(second));
    }
  }
  for (const { span, alive } of places.values())
    if (!alive) found.push(diagnostic(kinds.idleReversal, span, idle));
  return found;
};

/**
 * Reversals with another one behind them and nothing trained in between: every way on to a weight leads through one.
 * `way`: the nodes that a gradient passes. Each with the nearest one behind it.
 */
function turnedBack(way: ReadonlySet<Node>): Map<Node, Node> {
  /** Nodes of which that is true, with a reversal; a reversal stands for itself. */
  const turned = new Map<Node, Node>();
  const found = new Map<Node, Node>();
  for (const node of [...way].sort((p, q) => p.id - q.id)) {
    const next = flowingInputs(node).filter((x) => way.has(x));
    const behind = next.length > 0 && next.every((x) => turned.has(x)) ? turned.get(next[0]) : undefined;
    if (node.op === 'reverse') turned.set(node, node);
    else if (behind !== undefined) turned.set(node, behind);
    if (node.op === 'reverse' && behind !== undefined) found.set(node, behind);
  }
  return found;
}

/** Reversals that every way from a loss with a minus to a trained weight leads through: minus times minus is plus. */
function subtractedBehind(
  analysis: Analysis,
  update: AnalysedUpdate,
  trained: readonly Node[],
): Map<Node, Node> {
  const found = new Map<Node, Node>();
  const constants = constantsBeside(analysis.evaluated, trained);
  for (const { node: loss, sign } of lossTerms(analysis, update)) {
    if (sign !== -1) continue;
    for (const node of passed(loss, trained, constants)) {
      if (node.op !== 'reverse' || !(factorBounds(analysis.evaluated, node.inputs[1])[0] >= 0)) continue;
      if (node.origin !== undefined) found.set(node, loss);
    }
  }
  return found;
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

const minused = (loss: Node): DiagnosticDetails => ({
  what: 'this `reverse` is undone by a minus sign: the loss that it stands in is subtracted',
  why: 'What is behind it is trained to make the loss smaller, as without both.',
  hint: 'Add the loss, and leave the turning to `reverse`.',
  labels: loss.origin === undefined ? [] : [{ span: loss.origin, text: 'subtracted' }],
});

const cancelled = (second: Node): DiagnosticDetails => ({
  what: 'this `reverse` is undone by another one',
  why: 'The gradient is turned twice, and nothing is trained in between.',
  hint: 'Leave one of them out.',
  labels: second.origin === undefined ? [] : [{ span: second.origin, text: 'turned back here' }],
});
