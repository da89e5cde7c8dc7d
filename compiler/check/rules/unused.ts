/** Declarations of the spec that nothing uses, and losses that no update or report reaches. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import type * as ast from '../../../grammar/ast.ts';
import { needs } from '../../bind/cycles.ts';
import { reachedFrom } from '../../bind/reached.ts';
import type { Rule } from '../rule.ts';

/** What a message calls a declaration of this kind. */
const words: Partial<Record<ast.Declaration['kind'], string>> = {
  Param: 'param',
  Data: 'stream',
  Sample: 'sample',
  State: 'state',
  History: 'history',
  Optimizer: 'optimizer',
  Let: 'value',
  Fn: 'fn',
  Block: 'block',
};

/** Without a schedule nothing is used, which is said once. */
export const unused: Rule = ({ schedule, own, names, mayUse }) => {
  if (schedule === null) return [];
  const reached = reachedFrom(
    own.filter(({ kind }) => kind === 'Train' || kind === 'Report'),
    own,
  );
  const uses = usesIn(own);
  const set = new Set(schedule.sets.map(({ declaration }) => declaration.state.name));
  return own.flatMap((declaration): Diagnostic[] => {
    if (!('name' in declaration)) return [];
    const { name, span } = declaration.name;
    if (names.broken.has(name) || mayUse(name)) return [];
    if (declaration.kind === 'Loss') return reached.has(name) ? [] : [unreached(name, span)];
    const word = words[declaration.kind];
    if (word !== undefined && !uses(declaration, name)) return [idle(word, name, span)];
    return declaration.kind === 'State' && !set.has(name) ? [unset(name, span)] : [];
  });
};

/** Whether another declaration than the one that declares it needs a name. */
function usesIn(own: readonly ast.Declaration[]): (declared: ast.Declaration, name: string) => boolean {
  const all = own.map((declaration) => ({ declaration, needs: needs(declaration) }));
  return (declared, name) =>
    all.some(
      ({ declaration: other, needs: needed }) =>
        // A bare name in a source's arguments is a param or a word (`split: test`), never a stream.
        other !== declared && needed.has(name) && (declared.kind === 'Param' || other.kind !== 'Data'),
    );
}

const unreached = (name: string, span: ast.Ident['span']): Diagnostic =>
  diagnostic(kinds.unusedLoss, span, {
    what: `nothing minimises or shows the loss \`${name}\``,
    hint: 'Minimise it in an update, show it as a metric of a report, or remove it.',
  });

const unset = (name: string, span: ast.Ident['span']): Diagnostic =>
  diagnostic(kinds.unused, span, {
    what: `nothing sets the state \`${name}\``,
    why: 'It stays as it starts.',
    hint: `Move it in the schedule, \`set ${name} to ...\`, or make it a \`param\`.`,
  });

const idle = (word: string, name: string, span: ast.Ident['span']): Diagnostic =>
  diagnostic(kinds.unused, span, {
    what: `nothing uses the ${word} \`${name}\``,
    hint: 'Use it or remove it.',
  });
