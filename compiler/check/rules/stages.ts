/** `ramp` and `stepped` that reach beyond the end of the phase that they are used in. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { textOf } from '../../../grammar/source.ts';
import { countIfSound } from '../../bind/constant.ts';
import type { Names } from '../../bind/names.ts';
import { counted, kinds } from '../../errors.ts';
import { updatesIn } from '../../model.ts';
import { iterationsOf, type Iterations } from '../iterations.ts';
import { nodesIn } from '../walk.ts';
import type { Rule } from '../rule.ts';

/** By duration: one of a `let` that two phases use never comes only where it comes in neither. */
export const stages: Rule = (analysis) => {
  const { schedule, names } = analysis;
  const late = new Map<ast.Duration, Diagnostic | null>();
  for (const phase of schedule?.phases ?? []) {
    const iterations = iterationsOf(analysis, phase);
    for (const { declaration } of updatesIn(phase.body))
      for (const stage of new Set(stagesIn(declaration, names, new Set()))) {
        const found = iterations === null ? null : tooLong(stage, iterations, names);
        if (late.get(stage.duration) !== null) late.set(stage.duration, found);
      }
  }
  return [...late.values()].flatMap((found) => found ?? []);
};

interface Stage {
  readonly call: 'ramp' | 'stepped';
  readonly duration: ast.Duration;
}

/** The stages in an update, names of values and losses followed. */
function stagesIn(node: ast.Node, names: Names, seen: Set<ast.Node>): Stage[] {
  return nodesIn(node).flatMap((one): Stage[] => {
    if (one.kind === 'Call' && one.callee.kind === 'Name') {
      const { name } = one.callee;
      if (name !== 'ramp' && name !== 'stepped') return [];
      return one.args.flatMap(({ value }) =>
        value.kind === 'Duration' ? [{ call: name, duration: value }] : [],
      );
    }
    if (one.kind !== 'Name') return [];
    const declared = names.lets.get(one.name) ?? names.losses.get(one.name);
    if (declared === undefined || seen.has(declared)) return [];
    return stagesIn(declared.value, names, seen.add(declared));
  });
}

function tooLong({ call, duration }: Stage, { all, epoch }: Iterations, names: Names): Diagnostic | null {
  const one = duration.unit === 'steps' ? 1 : epoch;
  const count = countIfSound(duration.count, names);
  if (one === null || count === null) return null;
  const begins = count * one;
  // A ramp as long as its phase arrives; a step at its end has nothing behind it.
  if (call === 'ramp' ? begins <= all : begins < all) return null;
  return diagnostic(kinds.neverReached, duration.span, {
    what:
      call === 'ramp'
        ? `this \`ramp\` is longer than its phase and never reaches its end`
        : `this step never comes: its phase ends before`,
    why: `The phase has ${counted(all, 'iteration')}${one === 1 ? '' : `, and \`${textOf(duration.span)}\` are ${begins}`}.`,
    hint: 'Count in the length of the phase, by a param for example, or write it by `progress`, which is 1 at the end.',
  });
}
