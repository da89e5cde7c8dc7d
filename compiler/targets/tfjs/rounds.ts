/**
 * Numbers of a whole minibatch that its parts need (lower/wholes.ts), as functions of the module: one for each pass over all
 * parts that finds some. In: an update or `set`; out: the functions' texts, in the module.
 */
import { jsDoc } from '../text/escape.ts';
import { nameOf, type LoweredSet, type LoweredUpdate } from '../../lower/lowered.ts';
import { storedIn } from './gradients.ts';
import { indented } from './layout.ts';
import type { Module } from './module.ts';
import { scopeOf } from './sets.ts';
import { givenWholes, roundName } from './wholes.ts';

/** The function of its pass number `round`, from 0. */
export function roundFunction(
  module: Module,
  one: LoweredUpdate | LoweredSet,
  round: number,
  parts: number,
): void {
  const wholes = one.rounds[round];
  if (wholes === undefined) return;
  const name = nameOf(one);
  const scope = scopeOf(
    module,
    one,
    wholes.map(({ value }) => value),
  );
  const before = givenWholes(module, scope, one, one.rounds.slice(0, round), parts);
  const values = wholes.map(({ number, value }) => `${number}: tf.clone(${storedIn(scope, value)}),`);
  const lines = [...before, ...scope.lines, `return {\n  whole: {\n${indented(values, 2)}\n  },\n};`];
  const text = `What numbers of the whole minibatch are means of, that ${name} needs for its parts.`;
  const head = `function ${roundName(name, round)}({ networks, variables }, batch, draws, at)`;
  module.exported.push(
    `${jsDoc(text)}\n${head} {\n  return tf.tidy(() => {\n${indented(lines, 2)}\n  });\n}`,
  );
}
