/**
 * The pipeline on a page: text → AST → symbols → analysis → graph → plan → program. Pure: files, data and the runtime's
 * catalogue come in through `Host`; what comes out is a program and diagnostics, never an effect.
 */
import { isError, type Diagnostic } from '../grammar/diagnostics.ts';
import { parse } from '../grammar/parse.ts';
import { printAst } from '../grammar/print-ast.ts';
import type { Source } from '../grammar/source.ts';
import { analyse } from './analyse/analyse.ts';
import type { Analysis } from './analyse/analysis.ts';
import { collect } from './bind/collect.ts';
import { settled } from './check/allow.ts';
import { check } from './check/rules.ts';
import type { Architecture } from './architecture/architecture.ts';
import { architectureOf } from './architecture/assemble.ts';
import { printGraph } from './ir/print.ts';
import { checkMemory } from './lower/fits.ts';
import type { Model } from './model.ts';
import { plan } from './plan.ts';
import { printModel, printPlan } from './print.ts';
import { targets } from './targets/targets.ts';
import type { CompileOptions, Host } from './input.ts';
import type { Compiled } from './compiled.ts';

export interface Checked {
  /** What is known of the spec, with errors or without. */
  readonly analysis: Analysis;
  /** Absent if any diagnostic is an error. */
  readonly model: Model | null;
  /** By place, each once. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Text → analysis: everything that is wrong with the spec, without making a program. */
export function checkSpec(entry: Source, host: Host, options: CompileOptions = {}): Checked {
  const parsed = parse(entry);
  options.dump?.('ast', () => printAst(parsed.spec));
  const bound = collect(parsed, host, options);
  const analysis = analyse(bound, host.catalogue);
  const found = [...parsed.diagnostics, ...bound.diagnostics, ...analysis.diagnostics, ...check(analysis)];
  const diagnostics = settled(parsed.spec, found, options.strict ?? false);
  return { analysis, model: diagnostics.some(isError) ? null : modelOf(analysis), diagnostics };
}

/** What an analysis without errors says. */
function modelOf({ names, rows, batches, schedule, reports, span }: Analysis): Model {
  if (schedule?.length == null) throw new Error('a schedule without a length that nobody complained of');
  const { length, batch, phases } = schedule;
  return { names, rows, batches, schedule: { length, batch, phases }, reports, span };
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
  if (late.some(isError)) return { diagnostics };
  return { diagnostics, program: targets[options.target ?? 'onnx'](planned, options) };
}

/** What the spec's picture shows; null where anything is wrong with it. */
export function architecture(
  entry: Source,
  host: Host,
  options: CompileOptions = {},
): { readonly diagnostics: readonly Diagnostic[]; readonly architecture: Architecture | null } {
  const { model, diagnostics } = checkSpec(entry, host, options);
  if (model === null) return { diagnostics, architecture: null };
  const lowering = { model, catalogue: host.catalogue, say: () => undefined };
  return { diagnostics, architecture: architectureOf(lowering) };
}
