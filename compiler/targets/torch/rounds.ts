/**
 * Numbers of a whole minibatch that its parts need (lower/wholes.ts), as functions of the program: one for each pass over all
 * parts that finds some. In: an update or `set`; out: the functions' texts, and what they and the update call such numbers.
 */
import { symbolsOf } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { nameOf, type LoweredSet, type LoweredUpdate } from '../../lower/lowered.ts';
import { functionText, indented } from './layout.ts';
import type { Program } from './module.ts';
import { tuple } from './optimizers.ts';
import { scopesOf } from './reports.ts';
import { outlineOf, type Outline } from './rows.ts';
import { recordedWeights, type Scope } from './scope.ts';
import { atom, range } from './value.ts';

/** What each pass reads. */
export const outlinedRounds = ({ rounds, builder }: LoweredUpdate | LoweredSet): Outline[] =>
  rounds.map((round) =>
    outlineOf(
      round.map(({ value }) => value),
      builder.gradients,
    ),
  );

/** Gives the function numbers that these passes have found: its last parameters. */
export const givenWholes = (scope: Scope, rounds: LoweredUpdate['rounds']): string[] =>
  rounds.flat().map(({ number, leaf }) => {
    const name = scope.names.take(`whole_${number}`);
    scope.give(leaf, atom(name, range(leaf.shape.length)));
    if (scope.frame.outline.isVaried(leaf)) scope.lines.push(`${name} = ops.tracked(${name})`);
    return name;
  });

/** `update_1_round_1` */
export const roundNames = (one: LoweredUpdate | LoweredSet): string[] =>
  one.rounds.map((_, i) => `${nameOf(one)}_round_${i + 1}`);

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
