/** How functions of the program are given numbers of a whole minibatch that passes over all parts have found (rounds.ts). */
import { nameOf, type LoweredSet, type LoweredUpdate } from '../../lower/lowered.ts';
import type { Scope } from './scope.ts';
import { atom, range } from './value.ts';

/** `update_1_round_1` */
export const roundNames = (one: LoweredUpdate | LoweredSet): string[] =>
  one.rounds.map((_, i) => `${nameOf(one)}_round_${i + 1}`);

/** Gives the function numbers that these passes have found: its last parameters. */
export const givenWholes = (scope: Scope, rounds: LoweredUpdate['rounds']): string[] =>
  rounds.flat().map(({ number, leaf }) => {
    const name = scope.names.take(`whole_${number}`);
    scope.give(leaf, atom(name, range(leaf.shape.length)));
    if (scope.frame.outline.isVaried(leaf)) scope.lines.push(`${name} = ops.tracked(${name})`);
    return name;
  });
