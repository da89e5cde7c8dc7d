/** A `set` as a function of the program: the state's next value, which all ranks have alike. */
import type { LoweredSet } from '../../lower/lowered.ts';
import type { Node } from '../../ir/node.ts';
import { agreedNodes } from '../../lower/agreed.ts';
import { functionText, indented, oneLine } from './layout.ts';
import { placeOf } from '../text/calls.ts';
import type { Program } from './module.ts';
import { quoted } from './names.ts';
import { scopesOf } from './reports.ts';
import { outlineOf, type Outline } from './rows.ts';
import { recordedWeights } from './scope.ts';

export interface OutlinedSet {
  readonly forward: LoweredSet;
  readonly outline: Outline;
}

const rootsOf = ({ value, after, condition }: LoweredSet): Node[] => [
  ...new Set([value, after, ...(condition === null ? [] : [condition])]),
];

export const outlinedSet = (forward: LoweredSet): OutlinedSet => ({
  forward,
  outline: outlineOf(rootsOf(forward), forward.builder.gradients),
});

/** `set_1`: the text of its function. */
export function setFunction(program: Program, { forward, outline }: OutlinedSet): string {
  const { set, value, after, condition, builder } = forward;
  const roots = rootsOf(forward);
  const agreed = agreedNodes(roots, roots, builder.gradients);
  const root = { path: '', code: 'networks' };
  const { outer, inner, taken, valueOf } = scopesOf(program, { outline, builder }, root, agreed);
  const next = valueOf(value);
  const when = condition === null ? [] : [`when=${valueOf(condition)},`];
  const logged = valueOf(after);
  const given = [
    `objective=${logged},`,
    ...(set.kept === null ? [`losses={${quoted(set.state.name)}: ${logged}},`] : []),
    'gradients=(),',
    `moved={${quoted(set.state.name)}: ${next}},`,
    ...when,
  ];
  const quiet = inner.lines.length > 0 && outer.lines.length > 0;
  const lines = [
    ...recordedWeights(outline),
    ...(quiet ? [`with torch.no_grad():\n${indented(outer.lines)}`] : outer.lines),
    ...inner.lines,
    `return Taken(\n${indented(given)}\n)`,
  ];
  const doc = `${oneLine(set.text)}, ${placeOf(set.declaration.span)}`;
  const text = functionText(set.name, ['networks', 'batch', 'draws', 'at'], doc, lines);
  return taken.length === 0 ? `@torch.no_grad()\n${text}` : text;
}

/** The entry of a `set` in the table UPDATES: it moves its state by no rule. */
export const setEntry = ({ forward: { set } }: OutlinedSet): string =>
  `${quoted(set.name)}: Update(${set.name}),`;
