/** Losses of the vocabulary that an update minimises, each with its sign. In: an update; out: the nodes that they give. */
import type { Node } from '../ir/node.ts';
import type { Analysis, AnalysedUpdate } from './analysis.ts';
import { softplusOf } from '../ir/patterns.ts';
import { builtinOf, signsOf, type Sign } from './signs.ts';

/** Losses without an upper bound: a network that makes one larger never has done enough. */
const endless: ReadonlySet<string> = new Set(['bce', 'cross_entropy', 'nll', 'kl']);

export interface LossTerm {
  readonly builtin: string;
  readonly node: Node;
  /** 1: made smaller, -1: larger, 0: not certain. */
  readonly sign: Sign;
}

export function lossTerms(
  analysis: Analysis,
  update: AnalysedUpdate,
  builtins: ReadonlySet<string> = endless,
): LossTerm[] {
  const wanted = (node: Node): boolean => builtins.has(lossOf(node) ?? '');
  return [...signsOf(analysis, update, wanted)].map(([node, sign]) => ({
    builtin: lossOf(node)!,
    node,
    sign,
  }));
}

/** A cross entropy of an answer that a declared game has, too, is the game's: equal nodes are one. */
const lossOf = (node: Node): string | undefined =>
  builtinOf(node) === 'adversarial' && softplusOf(node) !== undefined ? 'bce' : builtinOf(node);
