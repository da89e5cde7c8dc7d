/**
 * Declarations to a symbol table: imports and the prelude read in, params given their values (profile, `--set`), data
 * sources asked for their types, duplicates and cycles reported. What is in error is `broken`: its users stay silent.
 */
import type * as ast from '../../grammar/ast.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { Parsed } from '../../grammar/parse.ts';
import type { Source, Span } from '../../grammar/source.ts';
import type { CompileOptions, Host } from '../input.ts';
import { initializers } from './initialize.ts';
import type { KnownNames, Names, NameSymbol } from './names.ts';
import { startsOf } from './origins.ts';
import { cyclic, needs } from './cycles.ts';
import { checkDuplicates } from './duplicates.ts';
import { describeData } from './data.ts';
import { describeSample } from './samples.ts';
import { describeHistory } from './histories.ts';
import { describeState } from './states.ts';
import { lostFile, lostIn, lostInAny, type Lost } from './lost.ts';
import { lengthsBy } from './multiples.ts';
import { resolveParams } from './params.ts';
import { reporter, type Reporter } from './reporter.ts';
import { asItIs, imported, ofKind, pick, preludeSpec, table, type Named } from './tables.ts';
import { networkFiles } from './network-files.ts';
import { describeNetworks } from './networks.ts';

export interface Collected {
  readonly names: Names;
  readonly trains: readonly ast.TrainDecl[];
  readonly reports: readonly ast.ReportDecl[];
  /** Declarations of the spec itself: not of what it imports, nor of the prelude. */
  readonly own: readonly ast.Declaration[];
  /** Whether imported files, or text with syntax errors, may use the name. */
  mayUse(name: string): boolean;
  readonly lost: Lost;
  readonly span: Span;
  /** What is wrong with names and declarations. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `syntax`: what the parser said. */
export function collect(
  { spec, diagnostics: syntax }: Parsed,
  host: Host,
  options: CompileOptions,
): Collected {
  const diagnostics: Diagnostic[] = [];
  const report = reporter(diagnostics);
  const { files, missing } = imported(spec, host, report);
  const lost = lostInAny([
    lostIn(spec, syntax),
    ...files.map((file) => lostIn(file.spec, file.diagnostics)),
    ...(missing ? [lostFile] : []),
  ]);
  const others = files.map((file) => file.spec);
  const all = [spec, ...others].flatMap((file) => file.declarations);
  const values = table(all, preludeSpec().declarations, report);
  const broken = new Set<string>([
    ...cyclic([...values.values()], report),
    ...checkDuplicates(spec.declarations, report),
    ...lost.declared,
    // A missing file may declare every name that nothing else does.
    ...(missing ? namesWanted(all, options).filter((name) => !values.has(name)) : []),
  ]);
  const whole = all.filter((d) => d.kind !== 'Initialize' || !lost.half(d));
  const byImports = new Set(others.flatMap((file) => file.declarations.flatMap((d) => [...needs(d)])));
  return {
    names: namesOf({ spec, others, all: whole, values, broken, host, report }, options),
    trains: ofKind(all, 'Train'),
    reports: ofKind(all, 'Report'),
    own: spec.declarations,
    mayUse: (name) =>
      lost.mayUse(name) || byImports.has(name) || report.meant(name) || reporter(syntax).meant(name),
    lost,
    span: spec.span,
    diagnostics,
  };
}

/** Every name that declarations use, profiles set, or `--set` and `--profile` give. */
const namesWanted = (
  all: readonly ast.Declaration[],
  { set = {}, profile = '' }: CompileOptions,
): string[] => [
  ...all.flatMap((d) => [...needs(d)]),
  ...ofKind(all, 'Profile').flatMap(({ settings }) => settings.map(({ name }) => name.name)),
  ...Object.keys(set),
  profile,
];

/** What the symbol table is made of. */
interface Declared {
  readonly spec: ast.Spec;
  /** Imported files. */
  readonly others: readonly ast.Spec[];
  /** Declarations of both, without an `initialize` that is half lost. */
  readonly all: readonly ast.Declaration[];
  readonly values: ReadonlyMap<string, Named>;
  /** Grows as declarations turn out to be in error. */
  readonly broken: Set<string>;
  readonly host: Host;
  readonly report: Reporter;
}

function namesOf(declared: Declared, options: CompileOptions): Names {
  const { spec, others, all, values, broken, host, report } = declared;
  const known = { broken, declared: new Set(values.keys()) };
  const own = [...pick(values, 'Param', asItIs).values()];
  const params = resolveParams(own, ofKind(all, 'Profile'), options, report, known, spec.span);
  const base = { ...known, params };
  const tables = tablesOf(declared, base);
  const names: Names = {
    imports: others.map((file) => file.span.source),
    ...base,
    symbols: symbolsOf({ ...tables, params }),
    title: ofKind(all, 'Header')[0]?.name.name ?? titleOf(spec.span.source),
    span: spec.span,
    ...tables,
    averaged: new Set(averagedIn(all).flatMap((name) => tables.lists.get(name) ?? [name])),
    initialize: new Map(),
    starts: new Map(),
    origins: new Map(),
    networkFiles: networkFiles(all, base, host, report),
    lengthsBy: 1,
  };
  return { ...names, ...startedBy(declared, names), lengthsBy: lengthsOf(declared, names) };
}

/** Declarations by name and kind, without those in error. */
function tablesOf({ values, broken, host, report }: Declared, base: KnownNames): Omit<Tables, 'params'> {
  const data = described(pick(values, 'Data', asItIs), (d) => describeData(d, base, host), report, broken);
  const samples = described(pick(values, 'Sample', asItIs), (d) => describeSample(d, base), report, broken);
  const states = described(pick(values, 'State', asItIs), (d) => describeState(d, base), report, broken);
  const histories = described(
    pick(values, 'History', asItIs),
    (d) => describeHistory(d, base),
    report,
    broken,
  );
  const functions = new Map<string, ast.FnDecl | ast.BlockDecl>([
    ...pick(values, 'Fn', asItIs, broken),
    ...pick(values, 'Block', asItIs, broken),
  ]);
  const { networks, lists } = describeNetworks(pick(values, 'Network', asItIs), base, report, broken);
  const optimizers = pick(values, 'Optimizer', asItIs, broken);
  const lets = pick(values, 'Let', asItIs, broken);
  const losses = pick(values, 'Loss', asItIs, broken);
  return { data, samples, states, histories, networks, lists, functions, optimizers, lets, losses };
}

/** How networks start, which names of all the others say. */
function startedBy(
  { all, host, report }: Declared,
  names: Names,
): Pick<Names, 'initialize' | 'starts' | 'origins'> {
  const declarations = ofKind(all, 'Initialize');
  const { starts, origins } = startsOf(declarations, ofKind(all, 'Train'), names, host, report);
  return { initialize: initializers(declarations, names, report), starts, origins };
}

/** 1 where it can't be said: sizes in error are reported where networks are. */
function lengthsOf({ spec, all, values }: Declared, names: Names): number {
  const readers = [...reportLines(all), ...ofKind(all, 'Let')];
  return reporter([]).attempt(spec.span, () => lengthsBy(names, readers, values)) ?? 1;
}

const reportLines = (all: readonly ast.Declaration[]): ast.ReportLine[] =>
  ofKind(all, 'Report').flatMap(({ body }) => body);

type Tables = Pick<
  Names,
  | 'lets'
  | 'losses'
  | 'samples'
  | 'data'
  | 'states'
  | 'histories'
  | 'networks'
  | 'lists'
  | 'functions'
  | 'optimizers'
  | 'params'
>;

/** One table of all that expressions may name; a name is declared once, so no table hides another. */
function symbolsOf(tables: Tables): Map<string, NameSymbol> {
  const alone = new Map(
    [...tables.networks].filter(([name, { declaration }]) => declaration.name.name === name),
  );
  const all = <T>(table: ReadonlyMap<string, T>, symbol: (entry: T) => NameSymbol): [string, NameSymbol][] =>
    [...table].map(([name, entry]) => [name, symbol(entry)]);
  return new Map([
    ...all(tables.lets, (declaration) => ({ kind: 'let', declaration })),
    ...all(tables.losses, (declaration) => ({ kind: 'loss', declaration })),
    ...all(tables.samples, (info) => ({ kind: 'sample', info })),
    ...all(tables.data, (info) => ({ kind: 'data', info })),
    ...all(tables.histories, (info) => ({ kind: 'history', info })),
    ...all(tables.states, (info) => ({ kind: 'state', info })),
    ...all(alone, (info) => ({ kind: 'network', info })),
    ...all(tables.lists, (items) => ({ kind: 'networks', items })),
    ...all(tables.functions, (declaration) => ({ kind: 'function', declaration })),
    ...all(tables.params, (info) => ({ kind: 'param', info })),
  ]);
}

const titleOf = (source: Source): string => source.path.replace(/^.*\//, '').replace(/\.gan$/, '');

const averagedIn = (all: readonly ast.Declaration[]): string[] =>
  ofKind(all, 'Train').flatMap(({ body }) => averagedBy(body));

const averagedBy = (body: readonly ast.Statement[]): string[] =>
  body.flatMap((statement) => {
    if (statement.kind === 'Average') return [statement.network.name];
    return statement.kind === 'Phase' || statement.kind === 'Repeat' ? averagedBy(statement.body) : [];
  });

/** Streams or samples as they are described; one in error is broken. */
function described<D, I>(
  declarations: ReadonlyMap<string, D & { readonly span: Span }>,
  describe: (declaration: D) => I,
  report: Reporter,
  broken: Set<string>,
): Map<string, I> {
  const found = new Map<string, I>();
  for (const [name, declaration] of declarations) {
    const info = broken.has(name) ? undefined : report.attempt(declaration.span, () => describe(declaration));
    if (info === undefined) broken.add(name);
    else found.set(name, info);
  }
  return found;
}
