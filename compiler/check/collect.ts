/**
 * Declarations to a symbol table: imports and the prelude read in, params given their values (profile, `--set`), data
 * sources asked for their types, duplicates and cycles reported. What is in error is `broken`: its users stay silent.
 */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../grammar/diagnostics.ts';
import { parse } from '../../grammar/parse.ts';
import type { Source, Span } from '../../grammar/source.ts';
import type { CompileOptions, Host } from '../compile.ts';
import { initializerOf } from '../elaborate/initialize.ts';
import type { Names, NetworkInfo } from '../elaborate/names.ts';
import { kinds } from '../errors.ts';
import { prelude } from '../prelude/prelude.ts';
import { cyclic, needs } from './cycles.ts';
import { checkDuplicates } from './duplicates.ts';
import { describeData } from './data.ts';
import { describeSample } from './samples.ts';
import { lostIn, type Lost } from './lost.ts';
import { lengthsBy } from './networks.ts';
import { resolveParams } from './params.ts';
import { reporter, type Reporter } from './reporter.ts';
import { networkNamed } from './updates.ts';

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
}

type Named = Extract<ast.Declaration, { readonly name: ast.Ident }>;
type Namespace = 'value' | 'profile' | 'header';

export function collect(
  spec: ast.Spec,
  syntax: readonly Diagnostic[],
  host: Host,
  options: CompileOptions,
  report: Reporter,
): Collected {
  const lost = lostIn(spec, syntax);
  const others = imported(spec, host, report);
  const files = [spec, ...others];
  const all = files.flatMap((file) => file.declarations);
  const library = preludeSpec();
  const values = table(all, library.declarations, report);
  const broken = new Set<string>([
    ...cyclic([...values.values()], report),
    ...checkDuplicates(spec.declarations, report),
    ...lost.declared,
  ]);
  const of = <K extends ast.Declaration['kind']>(kind: K): Extract<ast.Declaration, { readonly kind: K }>[] =>
    all.filter((d): d is Extract<ast.Declaration, { readonly kind: K }> => d.kind === kind);
  const first = <K extends Named['kind']>(kind: K): Map<string, Extract<Named, { readonly kind: K }>> =>
    pick(values, kind, (declaration) => declaration);
  const params = resolveParams(
    [...first('Param').values()],
    of('Profile'),
    options,
    report,
    { broken, declared: new Set(values.keys()) },
    spec.span,
  );
  const base = { params, broken, declared: new Set(values.keys()) };
  const names: Names = {
    title: of('Header')[0]?.name.name ?? titleOf(spec.span.source),
    span: spec.span,
    ...base,
    data: described(first('Data'), (d) => describeData(d, base, host), report, broken),
    samples: described(first('Sample'), (d) => describeSample(d, base), report, broken),
    networks: pick(values, 'Network', (declaration) => networkInfo(declaration, broken)),
    functions: new Map<string, ast.FnDecl | ast.BlockDecl>([
      ...pick(values, 'Fn', asItIs, broken),
      ...pick(values, 'Block', asItIs, broken),
    ]),
    lets: pick(values, 'Let', asItIs, broken),
    losses: pick(values, 'Loss', asItIs, broken),
    averaged: new Set(of('Train').flatMap((train) => averagedIn(train.body))),
    initialize: new Map(),
    lengthsBy: 1,
  };
  const byImports = new Set(others.flatMap((file) => file.declarations.flatMap((d) => [...needs(d)])));
  const initialize = initializers(of('Initialize'), names, report);
  return {
    names: { ...names, initialize, lengthsBy: reporter([]).attempt(spec.span, () => lengthsBy(names)) ?? 1 },
    trains: of('Train'),
    reports: of('Report'),
    own: spec.declarations,
    mayUse: (name) => lost.mayUse(name) || byImports.has(name) || report.meant(name),
    lost,
    span: spec.span,
  };
}

const asItIs = <T>(declaration: T): T => declaration;

const networkInfo = (declaration: ast.NetworkDecl, broken: ReadonlySet<string>): NetworkInfo => ({
  declaration,
  name: declaration.name.name,
  shared: declaration.shared,
  weights: new Map(),
  broken: broken.has(declaration.name.name),
});

const titleOf = (source: Source): string => source.path.replace(/^.*\//, '').replace(/\.gan$/, '');

function preludeSpec(): ast.Spec {
  const { spec, diagnostics } = parse({ path: 'prelude/losses.gan', text: prelude });
  if (diagnostics.length > 0) throw new Error(`the prelude does not parse: ${diagnostics[0].what}`);
  return spec;
}

/** Imported files, each once, with their syntax errors. */
function imported(spec: ast.Spec, host: Host, report: Reporter): ast.Spec[] {
  const seen = new Set([spec.span.source.path]);
  const visit = (file: ast.Spec): ast.Spec[] =>
    file.declarations.flatMap((declaration) => {
      if (declaration.kind !== 'Import') return [];
      const source = host.read(declaration.path.value, file.span.source);
      if (source === null) {
        report.say(
          diagnostic(kinds.badImport, declaration.path.span, {
            what: `there is no file \`${declaration.path.value}\``,
            hint: 'Paths are relative to the importing file.',
          }),
        );
        return [];
      }
      if (seen.has(source.path)) return [];
      seen.add(source.path);
      const { spec: inner, diagnostics } = parse(source);
      diagnostics.forEach(report.say);
      return [inner, ...visit(inner)];
    });
  return visit(spec);
}

/** One table of values (the first declaration counts); the spec's own names hide the prelude's. */
function table(
  all: readonly ast.Declaration[],
  library: readonly ast.Declaration[],
  report: Reporter,
): Map<string, Named> {
  const values = new Map<string, Named>();
  const seen: Record<Namespace, Map<string, Named>> = {
    value: values,
    profile: new Map(),
    header: new Map(),
  };
  for (const declaration of all) {
    if (!('name' in declaration) || declaration.name.name === '') continue;
    const space = namespaceOf(declaration);
    const key = space === 'header' ? declaration.span.source.path : declaration.name.name;
    const first = seen[space].get(key);
    if (first === undefined) seen[space].set(key, declaration);
    else report.say(duplicate(declaration, first));
  }
  for (const declaration of library) {
    if ('name' in declaration && !values.has(declaration.name.name)) {
      values.set(declaration.name.name, declaration);
    }
  }
  return values;
}

function namespaceOf({ kind }: Named): Namespace {
  if (kind === 'Profile') return 'profile';
  return kind === 'Header' ? 'header' : 'value';
}

function duplicate(declaration: Named, first: Named): Diagnostic {
  return diagnostic(kinds.duplicateName, declaration.name.span, {
    what:
      declaration.kind === 'Header'
        ? 'the spec has two names'
        : `\`${declaration.name.name}\` is declared twice`,
    hint: declaration.kind === 'Header' ? 'Keep one `gan` line.' : 'Give one of them another name.',
    labels: [{ span: first.name.span, text: 'first declared here' }],
  });
}

function pick<K extends Named['kind'], T>(
  values: ReadonlyMap<string, Named>,
  kind: K,
  make: (d: Extract<Named, { readonly kind: K }>) => T,
  without: ReadonlySet<string> = new Set(),
): Map<string, T> {
  const found = new Map<string, T>();
  for (const [name, declaration] of values) {
    if (declaration.kind === kind && !without.has(name))
      found.set(name, make(declaration as Extract<Named, { readonly kind: K }>));
  }
  return found;
}

function averagedIn(body: readonly ast.Statement[]): string[] {
  return body.flatMap((statement) => {
    if (statement.kind === 'Average') return [statement.network.name];
    return statement.kind === 'Phase' || statement.kind === 'Repeat' ? averagedIn(statement.body) : [];
  });
}

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

/** Which declaration says how a network starts. */
function initializers(
  all: readonly ast.InitializeDecl[],
  names: Names,
  report: Reporter,
): Map<string, ast.InitializeDecl> {
  const found = new Map<string, ast.InitializeDecl>();
  for (const declaration of all) {
    report.attempt(declaration.initializer.span, () => initializerOf(names, declaration.initializer));
    for (const ident of declaration.networks) {
      const network = networkNamed(names, report, ident);
      const first = network === undefined ? undefined : found.get(network);
      if (first !== undefined) report.say(twiceInitialized(ident, first));
      else if (network !== undefined) found.set(network, declaration);
    }
  }
  return found;
}

function twiceInitialized(ident: ast.Ident, first: ast.InitializeDecl): Diagnostic {
  const before = first.networks.find(({ name }) => name === ident.name)!;
  return diagnostic(kinds.duplicateName, ident.span, {
    what: `\`${ident.name}\` is initialized twice`,
    hint: 'Keep one of the two.',
    labels: [{ span: before.span, text: 'first here' }],
  });
}
