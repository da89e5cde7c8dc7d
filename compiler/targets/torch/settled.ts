/**
 * What means over all rows settle, where a minibatch is computed in parts (lower/settled.ts), as a function of the program: it is
 * given the means over parts. In: what is settled; out: the function's text, which gives fields of Taken.
 */
import { settledRoots, type Settled } from '../../lower/lowered.ts';
import { Builder } from '../../ir/builder.ts';
import type { Node } from '../../ir/node.ts';
import { functionText, indented } from './layout.ts';
import type { Program } from './module.ts';
import { scopesOf } from './reports.ts';
import { outlineOf } from './rows.ts';
import { atom, range } from './value.ts';

/** `update_1_settled` */
export const settledName = (name: string): string => `${name}_settled`;

/** `parts`: the fields that the function gives, by the code of what it computes. */
export function settledFunction(
  program: Program,
  name: string,
  settled: Settled,
  parts: (valueOf: (node: Node) => string) => readonly string[],
): string {
  const outline = outlineOf([...new Set(settledRoots(settled))]);
  const root = { path: '', code: 'networks' };
  const { outer, valueOf } = scopesOf(program, { outline, builder: new Builder() }, root);
  const means = settled.given.map((node, i) => {
    const own = outer.names.take(`mean_${i + 1}`);
    outer.give(node, atom(own, range(node.shape.length)));
    return own;
  });
  const made = parts(valueOf);
  const lines = [...outer.lines, `return dict(\n${indented(made)}\n)`];
  const doc = `What ${name} is settled by: means over all rows of a minibatch.`;
  return `@torch.no_grad()\n${functionText(settledName(name), ['networks', 'draws', 'at', ...means], doc, lines)}`;
}
