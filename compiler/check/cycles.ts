/** What each declaration needs, by the names that its text mentions; and which declarations need themselves. */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Reporter } from './collect.ts';

type Named = Extract<ast.Declaration, { readonly name: ast.Ident }>;

/** Names that stand as values, or where a statement names a network or a stream; names of arguments and fields apart. */
export function mentioned(node: unknown, into: Set<string> = new Set()): Set<string> {
  if (Array.isArray(node)) for (const item of node) mentioned(item, into);
  else if (typeof node === 'object' && node !== null && 'kind' in node) {
    for (const name of namesOf(node as ast.Node)) into.add(name);
    for (const [key, value] of Object.entries(node)) if (key !== 'span') mentioned(value, into);
  }
  return into;
}

function namesOf(node: ast.Node): readonly string[] {
  switch (node.kind) {
    case 'Name':
      return [node.name];
    case 'Update':
      return node.networks.map(({ name }) => name);
    case 'Average':
      return [node.network.name];
    case 'Duration':
      return node.of === undefined ? [] : [node.of.name];
    default:
      return [];
  }
}

/** What a declaration needs: mentioned names that are not its own parameters or lets. */
export function needs(declaration: ast.Declaration): Set<string> {
  switch (declaration.kind) {
    case 'Fn':
      return without(mentioned([declaration.value, declaration.parameters]), declaration.parameters);
    case 'Network':
    case 'Block': {
      const locals = [...declaration.parameters, ...declaration.body.lets];
      const types = declaration.kind === 'Network' ? [declaration.result] : [];
      const inside = without(
        mentioned([declaration.body, declaration.parameters.map((p) => p.default)]),
        locals,
      );
      return mentioned([...types, declaration.parameters.map((p) => p.type)], inside);
    }
    case 'Data':
      return mentioned(
        [declaration.as, declaration.range, declaration.batch],
        sourceNames(declaration.source),
      );
    case 'Initialize':
      return mentioned(declaration.initializer);
    default:
      return mentioned(declaration);
  }
}

function without(names: Set<string>, locals: readonly { readonly name: ast.Ident }[]): Set<string> {
  for (const local of locals) names.delete(local.name.name);
  return names;
}

/** In a source's arguments a bare name may be a word (`split: test`): it needs a param only, never a stream. */
function sourceNames(source: ast.Expr): Set<string> {
  return mentioned(source.kind === 'Call' ? source.args : []);
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
    if (recursive.has(declaration.kind)) for (const next of needs(declaration)) visit(next);
    path.pop();
    state.set(name, 'done');
  };
  const say = (cycle: readonly string[]): void => {
    for (const name of cycle) broken.add(name);
    report.say(cycleOf(cycle.map((name) => byName.get(name)!)));
  };
  for (const name of byName.keys()) visit(name);
  return broken;
}

/** Declarations that are unfolded where they are used. */
const recursive: ReadonlySet<string> = new Set(['Let', 'Loss', 'Param', 'Fn', 'Network', 'Block']);

function cycleOf(cycle: readonly Named[]) {
  const [first, ...others] = cycle;
  const round = [...cycle, first].map(({ name }) => `\`${name.name}\``).join(', which needs ');
  return diagnostic(kinds.cycle, first.name.span, {
    what: `${round.replace(', which needs', ' needs')}`,
    why: 'A declaration cannot depend on itself.',
    hint: others.length === 0 ? 'Use another name for what is meant inside.' : 'Take one of these uses out.',
    labels: others.map(({ name }) => ({ span: name.span, text: 'on the way round' })),
  });
}
