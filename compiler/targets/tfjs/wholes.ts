/** How functions of the module read numbers of a whole minibatch that passes over all parts have found (rounds.ts). */
import { jsString } from '../text/escape.ts';
import { nameOf, type LoweredSet, type LoweredUpdate } from '../../lower/lowered.ts';
import type { Module } from './module.ts';
import type { Scope } from './scope.ts';
import { weightAxes } from './value.ts';

/** `whole_1_of_update_1`: the function of the pass number `round`, from 0. */
export const roundName = (name: string, round: number): string => `whole_${round + 1}_of_${name}`;

/** Gives the function numbers that these passes have found; the lines that it begins with then. */
export function givenWholes(
  module: Module,
  scope: Scope,
  one: LoweredUpdate | LoweredSet,
  rounds: LoweredUpdate['rounds'],
  parts: number,
): string[] {
  const wholes = rounds.flat();
  for (const { number, leaf } of wholes)
    scope.give(leaf, { code: `whole[${number}]`, axes: weightAxes(leaf.shape.length) });
  if (wholes.length === 0) return [];
  return [`const whole = ${module.use('wholeOf')}(variables, ${jsString(nameOf(one))}, ${parts});`];
}
