/**
 * Which class an update asks answers for by cross entropies: one for all rows, or one of the first few, as a stream's label is.
 * In: an update and the answers in what it minimises; out: the pull on each that nothing else in it acts on.
 */
import { originOf } from '../evaluate/feeds.ts';
import type { Node } from '../ir/node.ts';
import { logSoftmaxOf, spreadOf, under, uniformValue } from '../ir/patterns.ts';
import type { Analysis, AnalysedUpdate } from './analysis.ts';
import type { Answer } from './answers.ts';
import { isSame, type Pull } from './pulls.ts';
import { builtinOf, signsOf } from './signs.ts';

export function classPullsOf(
  analysis: Analysis,
  update: AnalysedUpdate,
  answers: ReadonlyMap<Node, Answer>,
): Map<Node, Pull> {
  const scored = (node: Node): Node | undefined => {
    const of = scoresOf(node);
    return of !== undefined && answers.has(of) ? of : undefined;
  };
  const signs = signsOf(analysis, update, (node) => answers.has(node) || scored(node) !== undefined);
  const found = new Map<Node, Pull | null>();
  for (const [node, sign] of signs) {
    const answer = scored(node) ?? node;
    const pull = sign === 1 && answer !== node ? pullOf(analysis, node) : null;
    const known = found.get(answer);
    found.set(answer, known === undefined || (known && pull && isSame(known, pull)) ? pull : null);
  }
  return new Map([...found].flatMap(([node, pull]) => (pull === null ? [] : [[node, pull]])));
}

/** The parts of -Σ t_k log p_k: log probabilities and what is asked for. */
function partsOf(node: Node): readonly [Node, Node] | undefined {
  if (builtinOf(node) !== 'cross_entropy' && builtinOf(node) !== 'nll') return undefined;
  const sum = under(node, 'neg');
  const product = sum && under(sum, 'sum');
  return product?.op === 'mul' ? [product.inputs[0], product.inputs[1]] : undefined;
}

/** The logits or probabilities that a cross entropy is of. */
function scoresOf(node: Node): Node | undefined {
  const [log] = partsOf(node) ?? [];
  if (log === undefined) return undefined;
  const probs = under(log, 'log');
  return logSoftmaxOf(log)?.x ?? (probs && under(probs, 'max'));
}

function pullOf({ names, evaluated }: Analysis, node: Node): Pull | null {
  const wanted = spreadOf(partsOf(node)![1]);
  // The onehot of a constant class.
  if (wanted.op === 'constant') return { way: 0, one: wanted.attrs.values.indexOf(1), by: node };
  if (wanted.op !== 'equal') return null;
  const label = spreadOf(wanted.inputs[0]);
  const one = uniformValue(label);
  if (one !== undefined) return { way: 0, one, by: node };
  const origin = originOf(evaluated, label);
  const classes =
    origin?.kind === 'field' ? names.data.get(origin.stream)?.fields[origin.field].classes : undefined;
  return classes === undefined ? null : { way: 0, below: classes, by: node };
}
