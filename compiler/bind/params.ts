/** Hyper-parameters: declared values, then the profile's, then `--set`; each of its declared type. */
import { Mistake, diagnostic, suggestion } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type * as ast from '../../grammar/ast.ts';
import { parse } from '../../grammar/parse.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import type { CompileOptions } from '../input.ts';
import { evaluateSetting } from './constant.ts';
import type { ParamInfo, ParamValue, KnownNames } from './names.ts';
import type { Reporter } from './reporter.ts';

export function resolveParams(
  own: readonly ast.ParamDecl[],
  profiles: readonly ast.ProfileDecl[],
  options: CompileOptions,
  report: Reporter,
  { broken, declared }: { readonly broken: Set<string>; readonly declared: ReadonlySet<string> },
  spec: Span,
): Map<string, ParamInfo> {
  const declarations = new Map(own.map((d) => [d.name.name, d]));
  const expressions = new Map<string, ast.Expr>(own.map((d) => [d.name.name, d.value]));
  for (const setting of chosen(profiles, options.profile, broken, report, spec))
    expressions.set(setting.name.name, setting.value);
  for (const [name, text] of Object.entries(options.set ?? {})) {
    if (!declarations.has(name) && broken.has(name)) continue;
    const expr = report.attempt(spec, () => typed(name, text, declarations, spec));
    if (expr !== undefined) expressions.set(name, expr);
  }
  const params = new Map<string, ParamInfo>();
  const open = new Set<string>();
  const compute = (name: string): void => {
    const declaration = declarations.get(name);
    if (declaration === undefined || params.has(name) || broken.has(name)) return;
    const expr = expressions.get(name)!;
    const value = report.attempt(expr.span, () => {
      // Declared params have no cycles; one that a profile or `--set` makes is found here.
      if (open.has(name)) throw roundabout(name, expr);
      open.add(name);
      namesIn(expr).forEach(compute);
      return ofType(declaration, evaluateSetting(expr, { params, broken, declared }), expr);
    });
    if (value === undefined) broken.add(name);
    else params.set(name, { declaration, value });
  };
  for (const name of declarations.keys()) compute(name);
  checkProfiles(profiles, declarations, { params, broken, declared }, report);
  return params;
}

const roundabout = (name: string, expr: ast.Expr): Mistake =>
  new Mistake(
    kinds.cycle,
    {
      what: `with these settings \`${name}\` needs itself`,
      hint: 'Write a value that does not depend on it.',
    },
    expr.span,
  );

function namesIn(expr: ast.Expr): string[] {
  if (expr.kind === 'Name') return [expr.name];
  if (expr.kind === 'Binary') return [...namesIn(expr.left), ...namesIn(expr.right)];
  return expr.kind === 'Unary' ? namesIn(expr.operand) : [];
}

/** Settings of every profile name params and are of their types, whether or not it is chosen. */
function checkProfiles(
  profiles: readonly ast.ProfileDecl[],
  declarations: ReadonlyMap<string, ast.ParamDecl>,
  base: KnownNames,
  report: Reporter,
): void {
  for (const profile of profiles) {
    for (const { name, value } of profile.settings) {
      const declaration = declarations.get(name.name);
      if (name.name === '' || base.broken.has(name.name)) continue;
      if (declaration !== undefined) {
        report.attempt(value.span, () => ofType(declaration, evaluateSetting(value, base), value));
        continue;
      }
      const what = `the profile \`${profile.name.name}\` sets \`${name.name}\`, and there is no such param`;
      const hint = suggestion(name.name, declarations.keys(), 'Params:');
      report.say(diagnostic(kinds.unknownSetting, name.span, { what, hint }));
    }
  }
}

/** Where `--profile` and `--set` are wrong: at the beginning of the spec. */
const start = (span: Span): Span => ({ ...span, end: span.start });

function chosen(
  profiles: readonly ast.ProfileDecl[],
  name: string | undefined,
  broken: ReadonlySet<string>,
  report: Reporter,
  spec: Span,
): readonly ast.Setting[] {
  if (name === undefined) return [];
  const profile = profiles.find((p) => p.name.name === name);
  if (profile !== undefined) return profile.settings;
  if (broken.has(name)) return [];
  const known = profiles.map((p) => p.name.name);
  const hint = suggestion(name, known, 'It has') ?? 'The spec declares none.';
  report.say(
    diagnostic(kinds.unknownSetting, start(spec), { what: `there is no profile \`${name}\``, hint }),
  );
  return [];
}

/** `--set name=text`, read as the param's type wants it. */
function typed(
  name: string,
  text: string,
  declarations: ReadonlyMap<string, ast.ParamDecl>,
  spec: Span,
): ast.Expr {
  const declaration = declarations.get(name);
  if (declaration === undefined) {
    const hint = suggestion(name, declarations.keys(), 'Params:') ?? 'The spec declares none.';
    throw new Mistake(
      kinds.unknownSetting,
      { what: `--set ${name}: there is no such param`, hint },
      start(spec),
    );
  }
  const value = declaration.type === 'string' ? JSON.stringify(text) : text;
  const source = { path: `--set ${name}`, text: `param ${name}: ${declaration.type} = ${value}` };
  const { spec: parsed, diagnostics } = parse(source);
  const [param] = parsed.declarations;
  const fits = diagnostics.length === 0 && parsed.declarations.length === 1 && param.kind === 'Param';
  if (fits && namesIn(param.value).every((used) => declarations.has(used))) return param.value;
  const what = `--set ${name}=${text}: this is no ${declaration.type}`;
  const hint = `It is declared \`${textOf(declaration.span)}\`.`;
  throw new Mistake(kinds.badParam, { what, hint }, declaration.name.span);
}

function ofType({ name, type }: ast.ParamDecl, value: ParamValue, expr: ast.Expr): ParamValue {
  const fits = {
    int: Number.isInteger(value),
    real: typeof value === 'number' && Number.isFinite(value),
    bool: typeof value === 'boolean',
    string: typeof value === 'string',
  }[type];
  if (fits) return value;
  const written = textOf(expr.span);
  const text = written === String(value) || typeof value === 'string' ? '' : ` (${String(value)})`;
  const what = `\`${name.name}\` is declared ${type}, and \`${written}\`${text} is none`;
  throw new Mistake(
    kinds.badParam,
    { what, hint: examples[type], labels: [{ span: name.span, text: 'declared here' }] },
    expr.span,
  );
}

const examples: Readonly<Record<ast.ParamDecl['type'], string>> = {
  int: 'Write a whole number, or declare it `real`.',
  real: 'Write a number: `0.5`, `2e-4`.',
  bool: 'Write `true` or `false`.',
  string: 'Write it in quotes.',
};
