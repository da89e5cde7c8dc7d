/**
 * Who may train what: a network in two updates of a phase must be `shared` unless they name one optimizer, and none stands
 * twice in one update. Nor is a state set twice in one `together`.
 */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import type { Names } from '../../bind/names.ts';
import { networksOf } from '../../bind/network-named.ts';
import { declaredOptimizer } from '../../analyse/optimizers.ts';
import { phaseBodies, setsOf, updatesOf } from '../../analyse/updates.ts';
import { once } from '../once.ts';

export const ownership = once(({ schedule, names }) =>
  phaseBodies(schedule?.declaration).flatMap((body) => [
    ...unshared(body, names),
    ...updatesOf(body).flatMap((update) => twice([update], 'one update')),
    ...togethers(body).flatMap((one) => [...twice(updatesOf([one]), 'one `together`'), ...setTwice(one)]),
  ]),
);

function togethers(body: readonly ast.Statement[]): ast.Together[] {
  return body.flatMap((statement) => {
    if (statement.kind === 'Together') return [statement];
    return statement.kind === 'Repeat' ? togethers(statement.body) : [];
  });
}

function unshared(body: readonly ast.Statement[], names: Names): Diagnostic[] {
  const found: Diagnostic[] = [];
  const owners = new Map<string, Owner[]>();
  const together = new Map(
    togethers(body).flatMap((inside) => updatesOf([inside]).map((one) => [one, inside] as const)),
  );
  // In one `together` no word would help: `twice` says so.
  const apart = (update: ast.Update, other: ast.Update): boolean =>
    update !== other && (!together.has(update) || together.get(update) !== together.get(other));
  for (const update of updatesOf(body)) {
    // One that is not whole may have meant another network: `update D[0] to ...`.
    if (update.objective.kind === 'Missing') continue;
    for (const ident of update.networks) {
      const others = owners.get(ident.name) ?? [];
      owners.set(ident.name, [...others, { update, ident }]);
      const rival = others.find(
        (other) => apart(update, other.update) && !sameOptimizer(update, other.update, names),
      );
      if (rival !== undefined && names.networks.get(networksOf(names, ident.name)[0])?.shared === false)
        found.push(notShared(ident, rival.ident));
    }
  }
  return found;
}

interface Owner {
  readonly update: ast.Update;
  readonly ident: ast.Ident;
}

/** Whether both name one declared optimizer: they are turns of it. */
function sameOptimizer(a: ast.Update, b: ast.Update, names: Names): boolean {
  const declared = declaredOptimizer(names, a.optimizer);
  return declared !== undefined && declared === declaredOptimizer(names, b.optimizer);
}

const notShared = (ident: ast.Ident, first: ast.Ident): Diagnostic =>
  diagnostic(kinds.notShared, ident.span, {
    what: `\`${ident.name}\` is trained by two updates of this phase`,
    why: 'Each would have an optimizer of its own for the same weights.',
    hint: `Declare \`optimizer o = adam(1e-3)\` and write \`with o\` in both, if they are turns of one; \`shared network ${ident.name}\`, if two optimizers are meant; else name it in one of them.`,
    labels: [{ span: first.span, text: 'trained here too' }],
  });

function twice(updates: readonly ast.Update[], where: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new Map<string, { ident: ast.Ident; update: ast.Update }>();
  for (const update of updates) {
    for (const ident of update.networks) {
      const first = seen.get(ident.name);
      if (first === undefined) seen.set(ident.name, { ident, update });
      // Twice in a single update of a `together` is said in that update's own turn.
      else if (updates.length === 1 || first.update !== update) found.push(stands(ident, first.ident, where));
    }
  }
  return found;
}

function setTwice(together: ast.Together): Diagnostic[] {
  const idents = setsOf([together]).map(({ state }) => state);
  return idents.flatMap((ident, i) => {
    const first = idents.findIndex(({ name }) => name === ident.name);
    if (first === i) return [];
    const what = `\`${ident.name}\` is set twice in one \`together\``;
    const why = 'Both values would be taken at the same moment, and one would be lost.';
    const labels = [{ span: idents[first].span, text: 'first here' }];
    return [
      diagnostic(kinds.twice, ident.span, { what, why, hint: 'Set it once, to what is meant.', labels }),
    ];
  });
}

const stands = (ident: ast.Ident, first: ast.Ident, where: string): Diagnostic =>
  diagnostic(kinds.twice, ident.span, {
    what: `\`${ident.name}\` stands twice in ${where}`,
    why: 'Its weights cannot be set twice at the same time.',
    hint: 'Name it once; add the objectives if both are meant.',
    labels: [{ span: first.span, text: 'first here' }],
  });
