/** Which declarations need themselves, by the names that their text mentions. */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Reporter } from './collect.ts';

type Named = Extract<ast.Declaration, { readonly name: ast.Ident }>;

/** Names that an expression mentions, wherever they stand in it; argument names and fields apart. */
export function mentioned(node: unknown, into: Set<string> = new Set()): Set<string> {
  if (Array.isArray(node)) for (const item of node) mentioned(item, into);
  else if (typeof node === 'object' && node !== null && 'kind' in node) {
    if (node.kind === 'Name') into.add((node as ast.NameExpr).name);
    for (const [key, value] of Object.entries(node)) if (key !== 'span') mentioned(value, into);
  }
  return into;
}

/** What a declaration needs: mentioned names that are not its own parameters or lets. */
function needs(declaration: Named): Set<string> {
  switch (declaration.kind) {
    case 'Let':
    case 'Loss':
    case 'Param':
      return mentioned(declaration.value);
    case 'Fn':
      return without(mentioned([declaration.value, declaration.parameters]), declaration.parameters);
    case 'Network':
    case 'Block':
      return without(mentioned([declaration.body, declaration.parameters]), [
        ...declaration.parameters,
        ...declaration.body.lets,
      ]);
    default:
      return new Set();
  }
}

function without(names: Set<string>, locals: readonly { readonly name: ast.Ident }[]): Set<string> {
  for (const local of locals) names.delete(local.name.name);
  return names;
}

/** The declarations on a cycle, each cycle reported once. */
export function cyclic(declarations: readonly Named[], report: Reporter): Set<string> {
  const byName = new Map(declarations.map((d) => [d.name.name, d]));
  const state = new Map<string, 'open' | 'done'>();
  const broken = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): void => {
    const declaration = byName.get(name);
    if (declaration === undefined || state.get(name) === 'done') return;
    if (state.get(name) === 'open') return say(path.slice(path.indexOf(name)));
    state.set(name, 'open');
    path.push(name);
    for (const next of needs(declaration)) visit(next);
    path.pop();
    state.set(name, 'done');
  };
  const say = (cycle: readonly string[]): void => {
    for (const name of cycle) broken.add(name);
    const first = byName.get(cycle[0])!;
    const round = [...cycle, cycle[0]].map((name) => `\`${name}\``).join(' needs ');
    report.say(
      diagnostic(kinds.cycle, first.name.span, {
        what: `${round}`,
        why: 'A declaration cannot depend on itself.',
        labels: cycle.slice(1).map((name) => ({ span: byName.get(name)!.name.span, text: 'and this' })),
      }),
    );
  };
  for (const name of byName.keys()) visit(name);
  return broken;
}
