/**
 * Declarations by name: imported files read in, one table of values for the spec, what it imports and the prelude;
 * duplicates reported.
 */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { parse, type Parsed } from '../../grammar/parse.ts';
import type { Host } from '../input.ts';
import { prelude } from '../prelude/prelude.ts';
import type { Reporter } from './reporter.ts';

export type Named = Extract<ast.Declaration, { readonly name: ast.Ident }>;
type Namespace = 'value' | 'profile' | 'header';

/** All declarations of a kind. */
export const ofKind = <K extends ast.Declaration['kind']>(
  all: readonly ast.Declaration[],
  kind: K,
): Extract<ast.Declaration, { readonly kind: K }>[] =>
  all.filter((d): d is Extract<ast.Declaration, { readonly kind: K }> => d.kind === kind);

export const asItIs = <T>(declaration: T): T => declaration;

let parsedPrelude: ast.Spec | undefined;

/** Parsed once in a process: every spec stands on the same one. */
export function preludeSpec(): ast.Spec {
  if (parsedPrelude !== undefined) return parsedPrelude;
  const { spec, diagnostics } = parse({ path: 'prelude/losses.gan', text: prelude });
  if (diagnostics.length > 0) throw new Error(`the prelude does not parse: ${diagnostics[0].what}`);
  parsedPrelude = spec;
  return spec;
}

/** Imported files, each once, with what the parser said of each; and whether one is missing, with whatever it would declare. */
export function imported(
  spec: ast.Spec,
  host: Host,
  report: Reporter,
): { readonly files: Parsed[]; readonly missing: boolean } {
  let missing = false;
  const seen = new Set([spec.span.source.path]);
  const visit = (file: ast.Spec): Parsed[] =>
    file.declarations.flatMap((declaration) => {
      if (declaration.kind !== 'Import') return [];
      const source = host.read(declaration.path.value, file.span.source);
      if (source === null || 'refused' in source) {
        missing = true;
        const path = `\`${declaration.path.value}\``;
        const what = source === null ? `there is no file ${path}` : `the file ${path} ${source.refused}`;
        report.say(
          diagnostic(kinds.badImport, declaration.path.span, {
            what,
            hint: 'Paths are relative to the importing file.',
          }),
        );
        return [];
      }
      if (seen.has(source.path)) return [];
      seen.add(source.path);
      const parsed = parse(source);
      parsed.diagnostics.forEach(report.say);
      return [parsed, ...visit(parsed.spec)];
    });
  const files = visit(spec);
  return { files, missing };
}

/** One table of values (the first declaration counts); the spec's own names hide the prelude's. */
export function table(
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

/** Declarations of a kind, made into what is known of them. */
export function pick<K extends Named['kind'], T>(
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
