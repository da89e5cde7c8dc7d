/**
 * Numbers of a whole minibatch that its parts need (lower/wholes.ts), as functions of the program: one for each pass over all
 * parts that finds some. In: an update or `set`; out: the functions' texts.
 */
import { symbolsOf } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { nameOf, type LoweredSet, type LoweredUpdate } from '../../lower/lowered.ts';
import { functionText, indented } from './layout.ts';
import type { Program } from './module.ts';
import { tuple } from './optimizers.ts';
import { scopesOf } from './reports.ts';
import { outlineOf, type Outline } from './rows.ts';
import { recordedWeights } from './scope.ts';
import { givenWholes, roundNames } from './wholes.ts';

/** What each pass reads. */
export const outlinedRounds = ({ rounds, builder }: LoweredUpdate | LoweredSet): Outline[] =>
  rounds.map((round) =>
    outlineOf(
      round.map(({ value }) => value),
      builder.gradients,
    ),
  );

/** The functions' texts; `outline`: what the update or `set` reads itself. */
export const roundFunctions = (
  program: Program,
  one: LoweredUpdate | LoweredSet,
  outline: Outline,
  outlines: readonly Outline[],
): string[] =>
  roundNames(one).map((name, i) =>
    roundFunction(program, one, { name, i, outline: outlines[i], fed: outline.leaves() }),
  );

interface Round {
  readonly name: string;
  readonly i: number;
  readonly outline: Outline;
  readonly fed: readonly Node[];
}

const hasRows = ({ shape: [rows] }: Node): boolean => rows !== undefined && symbolsOf(rows).length > 0;

function roundFunction(
  program: Program,
  one: LoweredUpdate | LoweredSet,
  { name, i, outline, fed }: Round,
): string {
  const { rounds, builder } = one;
  const root = { path: '', code: 'networks' };
  const { outer, inner, taken, valueOf } = scopesOf(program, { outline, builder }, root);
  const parameters = givenWholes(outer, rounds.slice(0, i));
  // Whoever reads no row still has to say how many there are.
  fed.filter(hasRows).forEach((leaf) => outer.value(leaf));
  const values = rounds[i].map(({ value }) => valueOf(value));
  const quiet = inner.lines.length > 0 && outer.lines.length > 0;
  const lines = [
    ...recordedWeights(outline),
    ...(quiet ? [`with torch.no_grad():\n${indented(outer.lines)}`] : outer.lines),
    ...inner.lines,
    `return ${tuple(values)}`,
  ];
  const numbers = rounds[i].map(({ number }) => `whole_${number}`).join(', ');
  const doc = `What ${numbers} of ${nameOf(one)} are means of, for a part of a minibatch.`;
  const text = functionText(name, ['networks', 'batch', 'draws', 'at', ...parameters], doc, lines);
  return taken.length === 0 ? `@torch.no_grad()\n${text}` : text;
}
