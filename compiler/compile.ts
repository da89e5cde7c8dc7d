/**
 * The pipeline on a page: text → AST → model → graph → plan → program. Pure: files, data and the runtime's catalogue
 * come in through `Host`; what comes out is a program and diagnostics, never an effect.
 */
import type { Diagnostic } from '../grammar/diagnostics.ts';
import { parse } from '../grammar/parse.ts';
import { printAst } from '../grammar/print-ast.ts';
import type { Source } from '../grammar/source.ts';
import { check, type Checked } from './analyse/analyse.ts';
import { printGraph } from './ir/print.ts';
import { checkMemory } from './lower/fits.ts';
import { plan } from './plan.ts';
import { printModel, printPlan } from './print.ts';
import { targets } from './targets/targets.ts';
import type { CompileOptions, Host } from './input.ts';
import type { Compiled } from './compiled.ts';

/** Text → AST → model: everything that is wrong with the spec, without making a program. */
export function checkSpec(entry: Source, host: Host, options: CompileOptions = {}): Checked {
  const parsed = parse(entry);
  options.dump?.('ast', () => printAst(parsed.spec));
  return check(parsed.spec, parsed.diagnostics, host, options);
}

/** The whole way. Errors of the spec come back as diagnostics, each at its place; never as exceptions. */
export function compile(entry: Source, host: Host, options: CompileOptions = {}): Compiled {
  const checked = checkSpec(entry, host, options);
  if (checked.model === null) return { diagnostics: checked.diagnostics };
  options.dump?.('model', () => printModel(checked.model!));
  const late: Diagnostic[] = [];
  const planned = plan(checked.model, host, options, (found) => late.push(found));
  options.dump?.('plan', () => printPlan(planned.manifest));
  options.dump?.('graph', () =>
    Object.entries(planned.graphs)
      .map(([name, roots]) => `graph ${name}\n${printGraph(roots)}`)
      .join('\n'),
  );
  late.push(...checkMemory(checked.model, planned.manifest, planned.graphs, options.memory ?? Infinity));
  const diagnostics = [...checked.diagnostics, ...late];
  if (late.some((d) => d.severity === 'error')) return { diagnostics };
  return { diagnostics, program: targets[options.target ?? 'onnx'](planned, options) };
}
