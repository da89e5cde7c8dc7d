/** `again` around what draws nothing: it is the same value twice. Said where no evaluation of the call draws anything. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Evaluated } from '../../analyse/analysis.ts';
import { flat } from '../../analyse/updates.ts';
import type { Repeated } from '../../evaluate/context.ts';
import { kinds } from '../../errors.ts';
import { reachable } from '../../ir/node.ts';
import type { Rule } from '../rule.ts';

export const idleAgain: Rule = ({ evaluated }) => {
  const placeOf = ({ span }: Repeated): string => `${span.source.path} ${span.start} ${span.end}`;
  const drawing = new Set(evaluated.repeated.filter((call) => !isIdle(call, evaluated)).map(placeOf));
  const others = evaluated.repeated.filter((call) => !drawing.has(placeOf(call)));
  return [...new Map(others.map((call) => [placeOf(call), idle(call)])).values()];
};

const isIdle = ({ nodes }: Repeated, { redrawn }: Evaluated): boolean =>
  nodes !== null && !reachable(nodes).some((node) => redrawn.has(node));

const idle = ({ span }: Repeated): Diagnostic =>
  diagnostic(kinds.idleAgain, span, {
    what: `\`${flat(span)}\` is the same value as without \`again\``,
    why: '`again` draws anew what its expression draws, and this one draws nothing; what has a name in a body, or is given to a `fn`, is drawn already.',
    hint: 'Put `again` around what draws (a sample, a `draw`, a network with dropout, `random_affine`), or leave it out.',
  });
