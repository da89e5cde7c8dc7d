/**
 * `initialize G from "runs/x"`, `from B`, `from G.average of "weights.safetensors" partly`: whose weights networks start
 * with. In: declarations, and the same words in phases; out: each resolved, with what the host finds where a path is named.
 * Whether the weights fit is known later (analyse/fitting.ts).
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake, nearest, suggestion } from '../../grammar/diagnostics.ts';
import { textOf } from '../../grammar/source.ts';
import type { StoredMoment } from '../../program/stored.ts';
import { kinds } from '../errors.ts';
import type { Host } from '../input.ts';
import { initializers } from '../vocabulary/initializers.ts';
import { evaluateConstant, evaluateCount } from './constant.ts';
import { Silence } from './dims.ts';
import { byNetwork } from './initialize.ts';
import type { Names, OriginUse, StoredUse } from './names.ts';
import { networksOf, writtenNetworks } from './network-named.ts';
import type { Reporter } from './reporter.ts';

/** By network where a declaration says it; and every one of the spec. */
export function startsOf(
  all: readonly ast.InitializeDecl[],
  trains: readonly ast.TrainDecl[],
  names: Names,
  host: Host,
  report: Reporter,
): Pick<Names, 'starts' | 'origins'> {
  const origins = new Map<ast.Origin, OriginUse>();
  const resolve = (origin: ast.Origin): OriginUse | undefined => {
    const use = report.attempt(origin.span, () => originUse(origin, names, host));
    if (use !== undefined) origins.set(origin, use);
    return use;
  };
  const declared = all.filter(({ from }) => from !== undefined);
  const starts = byNetwork(
    declared,
    names,
    report,
    ({ from }) => resolve(from!),
    (use, i, count) => report.attempt(use.declaration.span, () => originOf(use, i, count)),
  );
  for (const { body } of trains) originsIn(body).forEach(resolve);
  return { starts, origins };
}

/** Whose weights the i-th of a list of networks takes: those of the i-th of another list, of the same length. */
export function originOf(use: OriginUse, i: number, count: number): OriginUse {
  const { list, declaration } = use;
  if (list === null) return use;
  if (list.length === count) return { ...use, network: list[i] };
  const what = `${count === 1 ? 'one network' : `${count} networks`} cannot start as ${list.length} others`;
  const hint = `Name one of them: \`${textOf(declaration.value.span)}[0]\`.`;
  throw new Mistake(kinds.badArgument, { what, hint }, declaration.span);
}

const originsIn = (body: readonly ast.Statement[]): ast.Origin[] =>
  body.flatMap((statement) => {
    if (statement.kind === 'Start') return [statement.from];
    return 'body' in statement ? originsIn(statement.body) : [];
  });

function originUse(declaration: ast.Origin, names: Names, host: Host): OriginUse {
  const { value, of, partly } = declaration;
  const path = of?.value ?? pathIn(value, names);
  const at = momentOf(declaration, path, names);
  const stored = path === null ? null : lookedUp(declaration, path, at, host);
  if (path !== null && of === undefined)
    return { declaration, network: null, list: null, average: false, stored, partly };
  return { declaration, ...networkIn(value, names, stored), stored, partly };
}

/** A string, or a param that is one. */
function pathIn(value: ast.Expr, { params }: Names): string | null {
  if (value.kind === 'String') return value.value;
  const param = value.kind === 'Name' ? params.get(value.name)?.value : undefined;
  return typeof param === 'string' ? param : null;
}

function momentOf({ at }: ast.Origin, path: string | null, names: Names): StoredMoment {
  if (at === undefined) return 'newest';
  if (path === null) {
    const what = '`at` says which checkpoint of a run, and no run is named';
    throw new Mistake(kinds.badArgument, { what, hint: 'Write `from "runs/gan-1" at best`.' }, at.span);
  }
  if (at.kind === 'Name' && !names.params.has(at.name)) {
    if (at.name === 'best' || at.name === 'newest') return at.name;
    const what = `\`${at.name}\` is no checkpoint`;
    const hint = 'It is `best`, `newest`, or the number of an iteration.';
    throw new Mistake(kinds.badArgument, { what, hint }, at.span);
  }
  return evaluateCount(at, names, 'an iteration');
}

function lookedUp({ value, of }: ast.Origin, path: string, at: StoredMoment, host: Host): StoredUse {
  try {
    return { path, at, found: host.stored?.(path, at) ?? null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const hint = 'Paths are taken from the folder of the spec; a run is named by its directory.';
    throw new Mistake(kinds.data, { what: error.message, hint }, (of ?? value).span);
  }
}

/** `B`, `B[0]` or `B.average`: a network of this spec, or of the run that is named. */
function networkIn(
  value: ast.Expr,
  names: Names,
  stored: StoredUse | null,
): Pick<OriginUse, 'network' | 'list' | 'average'> {
  const average = value.kind === 'Field' && value.field.name === 'average';
  const named = average ? value.object : value;
  const place = named.kind === 'Index' ? evaluateConstant(named.index, names) : null;
  const whose = named.kind === 'Index' ? named.object : named;
  if (value.kind === 'Missing' || whose.kind === 'Missing') throw new Silence();
  if (whose.kind !== 'Name') throw nothingToCopy(value);
  const name = place === null ? whose.name : `${whose.name}_${place}`;
  if (stored !== null) return { network: name, list: null, average };
  if (names.broken.has(whose.name)) throw new Silence();
  const found = networksOf(names, name);
  if (found.length === 0) {
    if (Object.hasOwn(initializers, name)) throw nothingToCopy(value);
    const hint = suggestion(whose.name, writtenNetworks(names), 'Networks:');
    const written = `\`${textOf(named.span)}\``;
    const what = names.declared.has(name) ? `${written} is no network` : `there is no network ${written}`;
    throw new Mistake(kinds.unknownName, { what, hint }, whose.span);
  }
  if (average && !names.averaged.has(found[0])) {
    const what = `the schedule keeps no average of \`${name}\``;
    const hint = `Write \`average ${name} decay 0.99\` behind its update.`;
    throw new Mistake(kinds.unknownField, { what, hint }, value.span);
  }
  return { network: found[0], list: names.lists.get(name) ?? null, average };
}

/** Initializers stand behind `with`; the word for a run is a string. */
function nothingToCopy(value: ast.Expr): Mistake {
  const callee = value.kind === 'Call' ? value.callee : value;
  const near = callee.kind === 'Name' ? nearest(callee.name, Object.keys(initializers)) : undefined;
  const written = textOf(value.span);
  const rest = callee.kind === 'Name' && near !== undefined ? written.slice(callee.name.length) : '';
  return new Mistake(
    kinds.badArgument,
    {
      what: `\`${written}\` is no network and no run to take weights from`,
      hint:
        near === undefined
          ? 'Write `from "runs/gan-1"`, `from B`, or an initializer behind `with`: `with normal(0, 0.02)`.'
          : `An initializer stands behind \`with\`: \`with ${near}${rest}\`.`,
    },
    value.span,
  );
}
