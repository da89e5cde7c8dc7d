/**
 * Declarations to a symbol table: imports and the prelude read in, params given their values (profile, `--set`), data
 * sources asked for their types, duplicates and cycles reported. What is in error is `broken`: its users stay silent.
 */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic, nearest, type Diagnostic } from '../../grammar/diagnostics.ts';
import { parse } from '../../grammar/parse.ts';
import type { Source, Span } from '../../grammar/source.ts';
import type { CompileOptions, Host } from '../compile.ts';
import { kinds, Mistake, type MistakeName } from '../errors.ts';
import type { DataInfo, Names, NetworkInfo, ParamInfo, SampleInfo } from '../elaborate/names.ts';
import { Silence } from '../elaborate/dims.ts';
import { prelude } from '../prelude/prelude.ts';
import { cyclic } from './cycles.ts';
import { describeData, describeSample } from './data.ts';
import { resolveParams } from './params.ts';

export interface Collected {
  readonly names: Names;
  readonly trains: readonly ast.TrainDecl[];
  readonly reports: readonly ast.ReportDecl[];
  /** Declarations of the spec itself: not of what it imports, nor of the prelude. */
  readonly own: readonly ast.Declaration[];
  readonly span: Span;
}

/** The diagnostics so far, and the way to add one. */
export interface Reporter {
  say(found: Diagnostic): void;
  /** Runs it; a mistake is reported at its span, or at `span`; undefined then. */
  attempt<T>(span: Span, run: () => T): T | undefined;
}

export function reporter(into: Diagnostic[]): Reporter {
  return {
    say: (found) => void into.push(found),
    attempt(span, run) {
      try {
        return run();
      } catch (error) {
        if (error instanceof Silence) return undefined;
        if (!(error instanceof Mistake)) throw error;
        into.push(diagnostic(kinds[error.mistake], error.span ?? span, error.details));
        return undefined;
      }
    },
  };
}

type Named = Extract<ast.Declaration, { readonly name: ast.Ident }>;
type Namespace = 'value' | 'profile' | 'header';

export function collect(spec: ast.Spec, host: Host, options: CompileOptions, report: Reporter): Collected {
  const files = [spec, ...imported(spec, host, report)];
  const all = files.flatMap((file) => file.declarations);
  const library = preludeSpec();
  const declared = table(all, library.declarations, report);
  const broken = new Set<string>(declared.duplicates);
  for (const name of cyclic([...declared.values.values()], report)) broken.add(name);
  const of = <K extends ast.Declaration['kind']>(kind: K): Extract<ast.Declaration, { readonly kind: K }>[] =>
    all.filter((d): d is Extract<ast.Declaration, { readonly kind: K }> => d.kind === kind);
  const params = resolveParams(of('Param'), of('Profile'), options, report, broken, spec.span);
  const base = { params, broken };
  const names: Names = {
    title: of('Header')[0]?.name.name ?? titleOf(spec.span.source),
    span: spec.span,
    ...base,
    data: dataTable(of('Data'), base, host, report, broken),
    samples: sampleTable(of('Sample'), base, report, broken),
    networks: pick(declared.values, 'Network', (d): NetworkInfo => ({
      declaration: d,
      name: d.name.name,
      shared: d.shared,
      weights: new Map(),
      broken: broken.has(d.name.name),
    })),
    functions: new Map<string, ast.FnDecl | ast.BlockDecl>([
      ...pick(declared.values, 'Fn', (d) => d, broken),
      ...pick(declared.values, 'Block', (d) => d, broken),
    ]),
    lets: pick(declared.values, 'Let', (d) => d, broken),
    losses: pick(declared.values, 'Loss', (d) => d, broken),
    averaged: new Set(of('Train').flatMap((train) => averagedIn(train.body))),
    initialize: initializers(of('Initialize'), declared.values, report),
  };
  return { names, trains: of('Train'), reports: of('Report'), own: spec.declarations, span: spec.span };
}

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

interface Table {
  readonly values: Map<string, Named>;
  readonly duplicates: ReadonlySet<string>;
}

/** One table of values (first declaration wins); the spec's own names hide the prelude's. */
function table(
  all: readonly ast.Declaration[],
  library: readonly ast.Declaration[],
  report: Reporter,
): Table {
  const values = new Map<string, Named>();
  const duplicates = new Set<string>();
  const seen: Record<Namespace, Map<string, Named>> = {
    value: values,
    profile: new Map(),
    header: new Map(),
  };
  for (const declaration of all) {
    if (!('name' in declaration)) continue;
    const space: Namespace =
      declaration.kind === 'Profile' ? 'profile' : declaration.kind === 'Header' ? 'header' : 'value';
    const key = space === 'header' ? '' : declaration.name.name;
    const first = seen[space].get(key);
    if (first === undefined) seen[space].set(key, declaration);
    else if (space !== 'header' || first.span.source === declaration.span.source)
      report.say(duplicate(declaration, first));
  }
  for (const declaration of library) {
    if ('name' in declaration && !values.has(declaration.name.name))
      values.set(declaration.name.name, declaration);
  }
  return { values, duplicates };
}

function duplicate(declaration: Named, first: Named): Diagnostic {
  return diagnostic(kinds.duplicateName, declaration.name.span, {
    what: `\`${declaration.name.name}\` is declared twice`,
    hint: 'Give one of them another name.',
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

type Base = { readonly params: ReadonlyMap<string, ParamInfo>; readonly broken: ReadonlySet<string> };

function dataTable(
  all: readonly ast.DataDecl[],
  base: Base,
  host: Host,
  report: Reporter,
  broken: Set<string>,
): Map<string, DataInfo> {
  const found = new Map<string, DataInfo>();
  for (const declaration of all) {
    const info = report.attempt(declaration.source.span, () => describeData(declaration, base, host));
    if (info === undefined) broken.add(declaration.name.name);
    else if (!found.has(declaration.name.name)) found.set(declaration.name.name, info);
  }
  return found;
}

function sampleTable(
  all: readonly ast.SampleDecl[],
  base: Base,
  report: Reporter,
  broken: Set<string>,
): Map<string, SampleInfo> {
  const found = new Map<string, SampleInfo>();
  for (const declaration of all) {
    const info = report.attempt(declaration.distribution.span, () => describeSample(declaration, base));
    if (info === undefined) broken.add(declaration.name.name);
    else if (!found.has(declaration.name.name)) found.set(declaration.name.name, info);
  }
  return found;
}

function initializers(
  all: readonly ast.InitializeDecl[],
  values: ReadonlyMap<string, Named>,
  report: Reporter,
): Map<string, ast.InitializeDecl> {
  const found = new Map<string, ast.InitializeDecl>();
  const networks = [...values].filter(([, d]) => d.kind === 'Network').map(([name]) => name);
  const say = (mistake: MistakeName, at: ast.Ident, what: string, hint?: string): void =>
    report.say(diagnostic(kinds[mistake], at.span, { what, hint }));
  for (const declaration of all) {
    for (const ident of declaration.networks) {
      const near = nearest(ident.name, networks);
      if (!networks.includes(ident.name))
        say(
          'unknownName',
          ident,
          `there is no network \`${ident.name}\``,
          near && `Did you mean \`${near}\`?`,
        );
      else if (found.has(ident.name))
        say('duplicateName', ident, `\`${ident.name}\` is initialized twice`, 'Keep one of the two.');
      else found.set(ident.name, declaration);
    }
  }
  return found;
}
