/**
 * Classes that are to be guessed from what has nothing to do with them: the label of a real row of a generated one, a code
 * that the generator never got. The best guess is how often each class comes, whatever comes in.
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { textOf } from '../../../grammar/source.ts';
import type { Analysis } from '../../analyse/analysis.ts';
import { builtinOf } from '../../analyse/signs.ts';
import { originOf } from '../../evaluate/feeds.ts';
import { isFed, reachable, type Node, type Region } from '../../ir/node.ts';
import { logSoftmaxOf, under } from '../../ir/patterns.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

const comparing: ReadonlySet<string> = new Set(['cross_entropy', 'nll']);

export const unknowable: Rule = (analysis) => {
  const roots = (analysis.schedule?.updates ?? []).flatMap(({ objective }) => objective?.node ?? []);
  const losses = new Map<Region, Node>();
  // Of the nodes of one call the last one is what it gives.
  for (const node of reachable(roots))
    if (node.region !== undefined && comparing.has(builtinOf(node) ?? '')) losses.set(node.region, node);
  return [...losses].flatMap(([region, node]) => guessedBlindly(analysis, node, region));
};

function guessedBlindly(analysis: Analysis, node: Node, region: Region): Diagnostic[] {
  const parts = reachable([node], (one) => one.region !== region || guessOf(one) !== undefined);
  const guess = parts.flatMap((one) => guessOf(one) ?? []);
  const asked = parts.filter((one) => one.region !== region && guessOf(one) === undefined);
  const classes = leavesOf(analysis, asked);
  const known = leavesOf(analysis, guess);
  if (classes.length === 0 || known.length === 0 || node.origin === undefined) return [];
  if (!classes.every(({ isClass }) => isClass) || known.some(({ of }) => of === undefined)) return [];
  if (classes.some(({ of }) => known.some((one) => one.of === of))) return [];
  return [
    diagnostic(kinds.blindGuess, node.origin, {
      what: `\`${textOf(node.origin)}\` has ${classes[0].called} guessed from what knows nothing of it`,
      why: 'Neither depends on the other, so the best guess is how often each class comes.',
      hint: 'Compare a generated row with the class that it was made of, and a real row with its own label.',
    }),
  ];
}

/** The logits, or probabilities, of which a loss over classes takes the logarithm. */
function guessOf(node: Node): Node | undefined {
  const chances = node.op === 'log' ? under(node.inputs[0], 'max') : undefined;
  return logSoftmaxOf(node)?.x ?? chances;
}

interface Leaf {
  /** What makes it known: a stream's rows, a sample's draws; undefined: something else, of which nothing is said. */
  readonly of: string | undefined;
  readonly isClass: boolean;
  readonly called: string;
}

/** The data and draws that values are made of; weights and numbers left out. */
function leavesOf(analysis: Analysis, nodes: readonly Node[]): Leaf[] {
  const { names, evaluated } = analysis;
  return reachable(nodes)
    .filter((node) => isFed(node) && !evaluated.constants.has(node))
    .flatMap((node): Leaf[] => {
      if (node.op === 'draw') {
        const sample = names.samples.get(node.attrs.key);
        const called = `\`${node.attrs.key}\``;
        return [{ of: `draw ${node.attrs.key}`, isClass: sample?.family === 'categorical', called }];
      }
      const origin = originOf(evaluated, node);
      if (origin?.kind === 'scalar') return [];
      if (origin?.kind !== 'field') return [{ of: undefined, isClass: false, called: '' }];
      const { stream, field } = origin;
      const isClass = names.data.get(stream)?.fields[field]?.kind === 'label';
      return [{ of: `data ${stream}`, isClass, called: `\`${stream}.${field}\`` }];
    });
}
