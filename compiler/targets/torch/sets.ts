/** A `set` as a function of the program: the state's next value, which all ranks have alike. */
import type { LoweredSet, Settled } from '../../lower/lowered.ts';
import type { Node } from '../../ir/node.ts';
import { agreedNodes } from '../../lower/agreed.ts';
import { functionText, indented, oneLine } from './layout.ts';
import { placeOf } from '../text/calls.ts';
import type { Program } from './module.ts';
import { quoted } from './names.ts';
import { tuple } from './optimizers.ts';
import { scopesOf } from './reports.ts';
import { outlinedRounds, roundFunctions } from './rounds.ts';
import { outlineOf, type Outline } from './rows.ts';
import { recordedWeights } from './scope.ts';
import { settledFunction, settledName } from './settled.ts';
import { givenWholes, roundNames } from './wholes.ts';

export interface OutlinedSet {
  readonly forward: LoweredSet;
  readonly outline: Outline;
  /** By means that are there when all parts of a minibatch are done; null: not so. */
  readonly settled: Settled | null;
  /** Of the passes that find numbers of a whole minibatch. */
  readonly rounds: readonly Outline[];
}

const rootsOf = ({ set, value, after, condition }: LoweredSet): Node[] => [
  ...new Set([value, ...(set.kept === null ? [after] : []), ...(condition === null ? [] : [condition])]),
];

export const outlinedSet = (forward: LoweredSet, settled: Settled | null = null): OutlinedSet => ({
  forward,
  outline: outlineOf(settled?.means ?? rootsOf(forward), forward.builder.gradients),
  settled,
  rounds: outlinedRounds(forward),
});

/** `set_1`: the text of its function. */
export function setFunction(program: Program, { forward, outline, settled, rounds }: OutlinedSet): string {
  const { set, builder } = forward;
  const roots = rootsOf(forward);
  const agreed = agreedNodes(roots, roots, builder.gradients);
  const root = { path: '', code: 'networks' };
  const { outer, inner, taken, valueOf } = scopesOf(program, { outline, builder }, root, agreed);
  const wholes = givenWholes(outer, forward.rounds);
  const given =
    settled === null
      ? valueParts(forward, valueOf)
      : ['objective=0.0,', 'gradients=(),', `means=${tuple(settled.means.map(valueOf))},`];
  const quiet = inner.lines.length > 0 && outer.lines.length > 0;
  const lines = [
    ...recordedWeights(outline),
    ...(quiet ? [`with torch.no_grad():\n${indented(outer.lines)}`] : outer.lines),
    ...inner.lines,
    `return Taken(\n${indented(given)}\n)`,
  ];
  const doc = `${oneLine(set.text)}, ${placeOf(set.declaration.span)}`;
  const text = functionText(set.name, ['networks', 'batch', 'draws', 'at', ...wholes], doc, lines);
  const quietly = taken.length === 0 ? `@torch.no_grad()\n${text}` : text;
  const own = [...roundFunctions(program, forward, outline, rounds), quietly].join('\n\n\n');
  if (settled === null) return own;
  const { condition, next } = settled;
  const whole = { set, ...next!, condition };
  return `${own}\n\n\n${settledFunction(program, set.name, settled, (of) => valueParts(whole, of))}`;
}

/** What is given of a value: fields of Taken. */
function valueParts(
  { set, value, after, condition }: Pick<LoweredSet, 'set' | 'value' | 'after' | 'condition'>,
  valueOf: (node: Node) => string,
): string[] {
  const next = valueOf(value);
  const when = condition === null ? [] : [`when=${valueOf(condition)},`];
  const logged = set.kept === null ? valueOf(after) : null;
  return [
    `objective=${logged ?? '0.0'},`,
    ...(logged === null ? [] : [`losses={${quoted(set.state.name)}: ${logged}},`]),
    'gradients=(),',
    `moved={${quoted(set.state.name)}: ${next}},`,
    ...when,
  ];
}

/** The entry of a `set` in the table UPDATES: it moves its state by no rule. */
export function setEntry({ forward, settled }: OutlinedSet): string {
  const { name } = forward.set;
  const rounds = roundNames(forward);
  const given = [
    name,
    ...(rounds.length === 0 ? [] : [`rounds=${tuple(rounds)}`]),
    ...(settled === null ? [] : [`settled=${settledName(name)}`]),
  ];
  return `${quoted(name)}: Update(${given.join(', ')}),`;
}
