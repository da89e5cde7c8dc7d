/**
 * What the schedule runs of a statement, as an exported function: a step at once, or in parts one that sums what its functions
 * give and one that applies the means. In: a statement; out: the function's name, its text in the module.
 */
import { nameOf, type Settled } from '../../lower/lowered.ts';
import { roundsIn, takenIn, type Reading, type StepGraph } from '../../lower/parts.ts';
import { jsDoc, jsString } from '../text/escape.ts';
import type { Module } from './module.ts';
import { numberOf } from './names.ts';
import { settledName } from './settled.ts';
import { roundName } from './wholes.ts';

/** A statement by the functions of the module that it is made of. */
export interface StatementFunctions {
  /** `update_1`, `together_1_2`, `set_1` */
  readonly name: string;
  readonly doc: string;
  /**
   * By the name under which results come: the function that takes gradients or a value, and the one that applies it; in parts
   * also the one that says what means over all rows settle.
   */
  readonly updates: readonly (readonly [name: string, taken: string, apply: string, settled?: string])[];
  /** In parts, by the pass that finds numbers of the whole minibatch: under each name the function that gives what they are of. */
  readonly rounds: readonly (readonly (readonly [name: string, whole: string])[])[];
}

export function statementFunctions(
  statement: Reading,
  settled: ReadonlyMap<string, Settled>,
): StatementFunctions {
  const { updates, sets } = takenIn(statement);
  const forwards = [...updates, ...sets];
  const all = [
    ...updates.map(({ update }) => {
      const number = numberOf(update);
      return { name: update.name, called: number, taken: `gradients_${number}`, apply: `apply_${number}` };
    }),
    ...sets.map(({ set: { name } }) => ({
      ...{ name, called: name },
      ...{ taken: `value_of_${name}`, apply: `keep_${name}` },
    })),
  ];
  return {
    name: all.length === 1 ? all[0].name : `together_${all.map(({ called }) => called).join('_')}`,
    doc: docOf(statement, all.length),
    updates: all.map(({ name, taken, apply }) =>
      settled.has(name) ? [name, taken, apply, settledName(name)] : [name, taken, apply],
    ),
    rounds: roundsIn(statement).map((round) =>
      forwards
        .filter(({ rounds }) => round < rounds.length)
        .map((one) => [nameOf(one), roundName(nameOf(one), round)]),
    ),
  };
}

function docOf(statement: Reading, count: number): string {
  if (statement.kind === 'set')
    return 'Sets the state unless its value is not finite or its condition does not hold.';
  return count === 1
    ? 'Takes a step unless a loss is not finite or its condition does not hold.'
    : 'All gradients at the weights as they are, then all steps: unless a loss is not finite; each by its condition.';
}

/** `parts`: how many a minibatch is taken in. */
export function exportedStatement(
  module: Module,
  { name, doc, updates, rounds }: StatementFunctions,
  { role, round, parts }: Pick<StepGraph, 'role' | 'round'> & { readonly parts: number },
): string {
  const table = (
    which: readonly number[],
    of: readonly (readonly (string | undefined)[])[] = updates,
  ): string =>
    `[${of.map((one) => `[${jsString(one[0] ?? '')}, ${which.flatMap((i) => one[i] ?? []).join(', ')}]`).join(', ')}]`;
  const exported = (own: string, text: string, body: string): string => {
    module.exported.push(`${jsDoc(text)}\nexport const ${own} = ${body};`);
    return own;
  };
  if (role === 'whole')
    return exported(
      name,
      doc,
      `(model, batch, draws, at) =>\n  ${module.use('perform')}(${table([1, 2])}, model, batch, draws, at)`,
    );
  if (role === 'round')
    return exported(
      `round_${round + 1}_of_${name}`,
      `Numbers of the whole minibatch, for one of its ${parts} parts.`,
      `(model, batch, draws, at) =>\n  ${module.use('sumUp')}(${table([1], rounds[round])}, model, batch, draws, at)`,
    );
  if (role === 'part')
    return exported(
      `part_of_${name}`,
      `For one of the ${parts} parts of a minibatch.`,
      `(model, batch, draws, at) =>\n  ${module.use('sumUp')}(${table([1])}, model, batch, draws, at)`,
    );
  return exported(
    name,
    `By the means over all parts. ${doc}`,
    `(model, batch, draws, at) =>\n  ${module.use('applyMeans')}(${table([2, 3])}, ${parts}, model, draws, at)`,
  );
}
