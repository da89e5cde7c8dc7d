/** What each declaration needs, by the names that its text mentions; and which declarations need themselves. */
import { diagnostic, type Diagnostic } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type * as ast from '../../grammar/ast.ts';
import type { Reporter } from './reporter.ts';

type Named = Extract<ast.Declaration, { readonly name: ast.Ident }>;

/** Names that stand as values, or where a statement names a network or a stream; names of arguments and fields, and what is `apart`, are not among them. */
export function mentioned(
  node: unknown,
  into: Set<string> = new Set(),
  apart: (node: ast.Node) => boolean = () => false,
): Set<string> {
  if (Array.isArray(node)) for (const item of node) mentioned(item, into, apart);
  else if (typeof node === 'object' && node !== null && 'kind' in node && !apart(node as ast.Node)) {
    if (node.kind === 'Series') return seriesMentions(node as ast.SeriesExpr, into, apart);
    for (const name of namesOf(node as ast.Node)) into.add(name);
    for (const [key, value] of Object.entries(node)) if (key !== 'span') mentioned(value, into, apart);
  }
  return into;
}

/** Its own variable is no name outside of it. */
function seriesMentions(
  { name, low, high, value }: ast.SeriesExpr,
  into: Set<string>,
  apart: (node: ast.Node) => boolean,
): Set<string> {
  const inside = without(mentioned(value, new Set(), apart), [{ name }]);
  for (const one of inside) into.add(one);
  return mentioned([low, high], into, apart);
}

/** `name: head` of a layer: a word, whatever else is called so. */
const isLayerName = (node: ast.Node): boolean =>
  node.kind === 'Argument' && node.name?.name === 'name' && node.value.kind === 'Name';

function namesOf(node: ast.Node): readonly string[] {
  switch (node.kind) {
    case 'Name':
      return [node.name];
    case 'Update':
      return node.networks.map(({ name }) => name);
    case 'Average':
      return [node.network.name];
    case 'Start':
      return node.networks.map(({ name }) => name);
    case 'Set':
      return [node.state.name];
    case 'Duration':
      return node.of === undefined ? [] : [node.of.name];
    default:
      return [];
  }
}

const known = new WeakMap<ast.Declaration, ReadonlySet<string>>();

/** What a declaration needs: mentioned names that are not its own parameters or lets. */
export function needs(declaration: ast.Declaration): ReadonlySet<string> {
  const found = known.get(declaration) ?? namesNeeded(declaration);
  known.set(declaration, found);
  return found;
}

function namesNeeded(declaration: ast.Declaration): Set<string> {
  switch (declaration.kind) {
    case 'Fn':
      return without(mentioned([declaration.value, declaration.parameters]), [
        ...declaration.parameters,
        ...letsOf(declaration),
      ]);
    case 'Network':
    case 'Block': {
      const locals = [...declaration.parameters, ...declaration.body.lets];
      const types = declaration.kind === 'Network' ? [declaration.result] : [];
      const inside = without(
        mentioned([declaration.body, declaration.parameters.map((p) => p.default)], new Set(), isLayerName),
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
      return mentioned([declaration.initializer, declaration.from?.value]);
    default:
      return mentioned(declaration);
  }
}

/** The lets of a fn's body. */
export const letsOf = ({ value }: ast.FnDecl): readonly ast.LetDecl[] =>
  value.kind === 'Body' ? value.lets : [];

function without(names: Set<string>, locals: readonly { readonly name: ast.Ident }[]): Set<string> {
  for (const local of locals) names.delete(local.name.name);
  return names;
}

/** In a source's arguments a bare name may be a word (`split: test`): it needs a param only, never a stream. */
function sourceNames(source: ast.Expr): Set<string> {
  return mentioned(source.kind === 'Call' ? source.args : []);
}

/** How many declarations may need each other one through the next: far more than any spec by hand has. */
const longestChain = 256;

/** The declarations on a cycle, each cycle reported once, or on a chain too long to follow. */
export function cyclic(declarations: readonly Named[], report: Reporter): Set<string> {
  const byName = new Map(declarations.map((d) => [d.name.name, d]));
  const depths = new Map<string, number>();
  const broken = new Set<string>();
  const path: string[] = [];
  let tooLong = false;
  /** How many declarations stand one inside the other, this one included. */
  const visit = (name: string): number => {
    const declaration = byName.get(name);
    if (declaration === undefined || tooLong || broken.has(name)) return 0;
    const known = depths.get(name);
    if (known !== undefined) return known;
    if (path.includes(name)) return sayCycle(path.slice(path.indexOf(name)));
    path.push(name);
    const inside =
      path.length > longestChain || !recursive.has(declaration.kind) ? [] : [...needs(declaration)];
    const depth = 1 + Math.max(0, ...inside.map(visit));
    if (path.length > longestChain || depth > longestChain) sayTooLong(declaration);
    path.pop();
    depths.set(name, depth);
    return depth;
  };
  const sayCycle = (cycle: readonly string[]): number => {
    for (const name of cycle) broken.add(name);
    report.say(cycleOf(cycle.map((name) => byName.get(name)!)));
    return 0;
  };
  const sayTooLong = (declaration: Named): void => {
    if (!tooLong) report.say(chainOf(declaration));
    tooLong = true;
  };
  for (const name of byName.keys()) visit(name);
  // A chain that cannot be followed leaves nothing that could be said for certain.
  return tooLong ? new Set(byName.keys()) : broken;
}

const chainOf = ({ name }: Named): Diagnostic =>
  diagnostic(kinds.tooLarge, name.span, {
    what: `\`${name.name}\` stands in a chain of more than ${longestChain} declarations, each needing the next`,
    why: 'Each is unfolded inside the one that uses it.',
    hint: 'Write it with fewer steps in between.',
  });

/** Declarations that are unfolded where they are used. */
const recursive: ReadonlySet<string> = new Set(['Let', 'Loss', 'Param', 'Fn', 'Network', 'Block', 'History']);

function cycleOf(cycle: readonly Named[]): Diagnostic {
  const [first, ...others] = cycle;
  const round = [...cycle, first].map(({ name }) => `\`${name.name}\``).join(', which needs ');
  return diagnostic(kinds.cycle, first.name.span, {
    what: `${round.replace(', which needs', ' needs')}`,
    why: 'A declaration cannot depend on itself.',
    hint: others.length === 0 ? 'Use another name for what is meant inside.' : 'Take one of these uses out.',
    labels: others.map(({ name }) => ({ span: name.span, text: 'on the way round' })),
  });
}
