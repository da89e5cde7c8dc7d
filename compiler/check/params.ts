/** Hyper-parameters: declared values, then the profile's, then `--set`; each of its declared type. */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic, nearest } from '../../grammar/diagnostics.ts';
import { parse } from '../../grammar/parse.ts';
import type { Span } from '../../grammar/source.ts';
import type { CompileOptions } from '../compile.ts';
import { evaluateSetting } from '../elaborate/constant.ts';
import type { ParamInfo, ParamValue } from '../elaborate/names.ts';
import { kinds, Mistake } from '../errors.ts';
import type { Reporter } from './collect.ts';

export function resolveParams(
  declared: readonly ast.ParamDecl[],
  profiles: readonly ast.ProfileDecl[],
  options: CompileOptions,
  report: Reporter,
  broken: Set<string>,
  spec: Span,
): Map<string, ParamInfo> {
  const declarations = new Map(declared.map((d) => [d.name.name, d]));
  const expressions = new Map<string, ast.Expr>(declared.map((d) => [d.name.name, d.value]));
  checkProfiles(profiles, declarations, report);
  for (const setting of chosen(profiles, options.profile, report, spec))
    expressions.set(setting.name.name, setting.value);
  for (const [name, text] of Object.entries(options.set ?? {})) {
    const expr = report.attempt(spec, () => typed(name, text, declarations));
    if (expr !== undefined) expressions.set(name, expr);
  }
  const params = new Map<string, ParamInfo>();
  const compute = (name: string): void => {
    const declaration = declarations.get(name);
    if (declaration === undefined || params.has(name) || broken.has(name)) return;
    const expr = expressions.get(name)!;
    for (const other of namesIn(expr)) if (other !== name) compute(other);
    const value = report.attempt(expr.span, () =>
      ofType(declaration, evaluateSetting(expr, { params, broken }), expr),
    );
    if (value === undefined) broken.add(name);
    else params.set(name, { declaration, value });
  };
  for (const name of declarations.keys()) compute(name);
  return params;
}

function namesIn(expr: ast.Expr): string[] {
  if (expr.kind === 'Name') return [expr.name];
  if (expr.kind === 'Binary') return [...namesIn(expr.left), ...namesIn(expr.right)];
  return expr.kind === 'Unary' ? namesIn(expr.operand) : [];
}

/** Settings of every profile must name params; values are checked where a profile is chosen. */
function checkProfiles(
  profiles: readonly ast.ProfileDecl[],
  declarations: ReadonlyMap<string, ast.ParamDecl>,
  report: Reporter,
): void {
  for (const profile of profiles) {
    const seen = new Set<string>();
    for (const { name } of profile.settings) {
      const near = nearest(name.name, declarations.keys());
      if (!declarations.has(name.name)) {
        report.say(
          diagnostic(kinds.unknownSetting, name.span, {
            what: `the profile \`${profile.name.name}\` sets \`${name.name}\`, and there is no such param`,
            hint: near && `Did you mean \`${near}\`?`,
          }),
        );
      } else if (seen.has(name.name)) {
        report.say(
          diagnostic(kinds.duplicateName, name.span, { what: `the profile sets \`${name.name}\` twice` }),
        );
      }
      seen.add(name.name);
    }
  }
}

function chosen(
  profiles: readonly ast.ProfileDecl[],
  name: string | undefined,
  report: Reporter,
  spec: Span,
): readonly ast.Setting[] {
  if (name === undefined) return [];
  const profile = profiles.find((p) => p.name.name === name);
  if (profile !== undefined) return profile.settings;
  const known = profiles.map((p) => p.name.name);
  const near = nearest(name, known);
  const hint = near
    ? `Did you mean \`${near}\`?`
    : known.length === 0
      ? 'The spec declares none.'
      : `It has ${known.join(', ')}.`;
  report.say(
    diagnostic(kinds.unknownSetting, start(spec), { what: `there is no profile \`${name}\``, hint }),
  );
  return [];
}

const start = (span: Span): Span => ({ ...span, end: span.start });

/** `--set name=text`, read as the param's type wants it. */
function typed(name: string, text: string, declarations: ReadonlyMap<string, ast.ParamDecl>): ast.Expr {
  const declaration = declarations.get(name);
  if (declaration === undefined) {
    const near = nearest(name, declarations.keys());
    const hint = near
      ? `Did you mean \`${near}\`?`
      : `The params are ${[...declarations.keys()].join(', ') || 'none'}.`;
    throw new Mistake('unknownSetting', { what: `--set ${name}: there is no such param`, hint });
  }
  const source = { path: `--set ${name}`, text: declaration.type === 'string' ? JSON.stringify(text) : text };
  const wrapped = parse({ ...source, text: `param ${name}: ${declaration.type} = ${source.text}` });
  const [parsed] = wrapped.spec.declarations;
  if (wrapped.diagnostics.length === 0 && parsed?.kind === 'Param') return parsed.value;
  throw new Mistake(
    'badParam',
    { what: `--set ${name}=${text}: this is no ${declaration.type}` },
    declaration.name.span,
  );
}

function ofType(declaration: ast.ParamDecl, value: ParamValue, expr: ast.Expr): ParamValue {
  const { type } = declaration;
  const fits = {
    int: Number.isInteger(value),
    real: typeof value === 'number' && Number.isFinite(value),
    bool: typeof value === 'boolean',
    string: typeof value === 'string',
  }[type];
  if (fits) return value;
  const hint =
    type === 'int' && typeof value === 'number' ? 'Declare it `real`, or give a whole number.' : undefined;
  throw new Mistake(
    'badParam',
    { what: `\`${declaration.name.name}\` is declared ${type}, and ${JSON.stringify(value)} is none`, hint },
    expr.span,
  );
}
