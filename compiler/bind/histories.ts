/**
 * `history old of { x: fake } size 50 chance 0.5`. In: the declaration; out: how many rows are kept and how often one of them
 * is given, or mistakes for numbers that are none. What a row is made of is known when its fields are evaluated.
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { evaluateConstant, evaluateCount } from './constant.ts';
import type { HistoryInfo, KnownNames } from './names.ts';

export function describeHistory(declaration: ast.HistoryDecl, names: KnownNames): HistoryInfo {
  const { name, size: written, chance: share } = declaration;
  const size = evaluateCount(written, names, 'the size of a history');
  const chance = share === undefined ? 0.5 : evaluateConstant(share, names);
  if (!(chance >= 0 && chance <= 1))
    throw new Mistake(
      kinds.argumentOutside,
      {
        what: `the chance of an earlier row is from 0 to 1, and ${chance} is given`,
        hint: 'Write `chance 0.5`: half of the rows are earlier ones.',
      },
      share!.span,
    );
  return { declaration, name: name.name, size, chance };
}
