/**
 * The pipeline on a page: parse bind analyse check lower differentiate simplify schedule emit, each a function from one
 * type to the next. Pure: files, data and the runtime's catalogue come in through `Host`; what comes out is a program and
 * diagnostics, never an effect.
 */
import { isError, type Diagnostic } from '../grammar/diagnostics.ts';
import { parse } from '../grammar/parse.ts';
import { printAst } from '../grammar/print-ast.ts';
import { render } from '../grammar/render.ts';
import type { Source } from '../grammar/source.ts';
import type { Manifest } from '../program/manifest.ts';
import { analyse } from './analyse/analyse.ts';
import type { Analysis } from './analyse/analysis.ts';
import type { Architecture } from './architecture/architecture.ts';
import { architectureOf } from './architecture/assemble.ts';
import { collect } from './bind/collect.ts';
import { settled } from './check/allow.ts';
import { checkLeastMemory } from './check/least-memory.ts';
import { checkMemory } from './check/memory.ts';
import { checkReportCosts } from './check/report-costs.ts';
import { check } from './check/rules.ts';
import type { Compiled } from './compiled.ts';
import { costsOf, type Costs, type GraphUse } from './costs/costs.ts';
import { differentiate } from './differentiate/differentiate.ts';
import type { CompileOptions, Host } from './input.ts';
import { inParts } from './lower/in-parts.ts';
import { lower } from './lower/lower.ts';
import { lowerNetwork, type LoneNetwork } from './lower/network.ts';
import { lowerReport } from './lower/report.ts';
import { meaningOf } from './meaning/assemble.ts';
import { compare, type Difference } from './meaning/compare.ts';
import { renamesOf } from './meaning/renames.ts';
import type { Subject } from './meaning/subject.ts';
import { Interner } from './meaning/tokens.ts';
import type { Model } from './model.ts';
import { passes } from './passes.ts';
import * as print from './print.ts';
import { weightFiles } from './schedule/origins.ts';
import { schedule, type Plan } from './schedule/schedule.ts';
import { simplify, unsimplified } from './simplify.ts';
import { targets } from './targets/targets.ts';

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
  const pass = passes(options);
  const parsed = pass('parse', () => parse(entry), { print: ({ spec }) => printAst(spec) });
  const bound = pass('bind', () => collect(parsed, host, options), { print: print.printSymbols });
  const analysis = pass('analyse', () => analyse(bound, host.catalogue), { print: print.printAnalysis });
  const diagnostics = pass(
    'check',
    () => {
      const found = [parsed, bound, analysis].flatMap((made) => made.diagnostics);
      const memory = checkLeastMemory(analysis, options.memory ?? Infinity);
      return settled(parsed.spec, [...found, ...check(analysis), ...memory], options.strict ?? false);
    },
    { print: (said) => render(said, { color: false }) },
  );
  return { analysis, model: diagnostics.some(isError) ? null : modelOf(analysis), diagnostics };
}

/** What an analysis without errors says. */
function modelOf({
  evaluated,
  names,
  weights,
  rows,
  batches,
  types,
  schedule: train,
  reports,
  span,
}: Analysis): Model {
  if (train?.length == null) throw new Error('a schedule without a length that nobody complained of');
  const { length, batch, phases } = train;
  return {
    names,
    weights,
    rows,
    batches,
    types: types.training,
    kept: evaluated.kept,
    schedule: { length, batch, phases },
    reports,
    span,
  };
}

/** The whole way. Errors of the spec come back as diagnostics, each at its place; never as exceptions. */
export function compile(entry: Source, host: Host, options: CompileOptions = {}): Compiled {
  const { diagnostics, model, plan } = planned(entry, host, options);
  if (model === null) return { diagnostics };
  const target = targets[options.target ?? 'onnx'];
  const made = passes(options)('emit', () => target(plan, options), { print: print.printFiles });
  const program = { ...made, files: { ...made.files, ...weightFiles(model, made.manifest) } };
  return { diagnostics, program };
}

/** The program, and what it takes; `usesOf`: how reports run their graphs. */
export function costed(
  entry: Source,
  host: Host,
  usesOf: (manifest: Manifest) => Readonly<Record<string, GraphUse>>,
  options: CompileOptions = {},
): Compiled & { readonly costs?: Costs; readonly architecture?: Architecture } {
  const { diagnostics, model, plan } = planned(entry, host, options);
  if (model === null) return { diagnostics };
  const program = targets[options.target ?? 'onnx'](plan, options);
  return {
    diagnostics,
    program,
    costs: costsOf(model, plan, program, {
      uses: usesOf(program.manifest),
      sources: host.catalogue.sources,
    }),
    architecture: architectureOf(plan.lowered),
  };
}

type Planned = { readonly diagnostics: readonly Diagnostic[] } & (
  { readonly model: Model; readonly plan: Plan } | { readonly model: null; readonly plan?: undefined }
);

/** Everything before the target. */
function planned(entry: Source, host: Host, options: CompileOptions): Planned {
  const { model, diagnostics } = checkSpec(entry, host, options);
  if (model === null) return { diagnostics, model };
  const pass = passes(options);
  const { accumulate = 1 } = options;
  // A program for PyTorch takes its functions' arguments apart by itself.
  const parts = options.target === 'torch' ? 1 : accumulate;
  const lowered = pass('lower', () => lower(model, host.catalogue, parts), { graphs: print.loweredRoots });
  const cut = accumulate === 1 ? null : inParts(lowered, accumulate);
  if (cut !== null && cut.errors.length > 0)
    return { diagnostics: [...diagnostics, ...cut.errors], model: null };
  const derived = pass('differentiate', () => differentiate(lowered), { graphs: print.graphRoots });
  const simple = pass('simplify', () => (options.target === 'reference' ? unsimplified : simplify)(derived), {
    graphs: print.simpleRoots,
  });
  const plan = pass('schedule', () => schedule(lowered, simple, options, cut), {
    print: ({ manifest }) => print.printPlan(manifest),
  });
  const memory = options.memory ?? Infinity;
  const late = [
    ...checkMemory(model.names, plan.manifest, plan.graphs, memory),
    ...checkReportCosts(model, plan.manifest, host.catalogue, memory),
  ];
  const all = [...diagnostics, ...late];
  return late.some(isError) ? { diagnostics: all, model: null } : { diagnostics: all, model, plan };
}

/** One network by itself, as other programs may have it; null where the spec is wrong or has no such network. */
export function compileNetwork(
  entry: Source,
  host: Host,
  network: string,
  options: CompileOptions = {},
): { readonly diagnostics: readonly Diagnostic[]; readonly network: LonePlan | null } {
  const { model, diagnostics } = checkSpec(entry, host, options);
  const info = model?.names.networks.get(network);
  if (model === null || info === undefined) return { diagnostics, network: null };
  const lone = lowerNetwork({ model, catalogue: host.catalogue }, info);
  const lowered = { model, parts: 1, settled: new Map(), phases: [], reports: [lone.report] };
  const plan = schedule(lowered, simplify(differentiate(lowered)), options);
  return { diagnostics, network: { ...lone, plan } };
}

/** A network by itself, and a plan with its graph alone. */
export interface LonePlan extends LoneNetwork {
  readonly plan: Plan;
}

/** What the spec's picture shows; null where anything is wrong with it. */
export function architecture(
  entry: Source,
  host: Host,
  options: CompileOptions = {},
): { readonly diagnostics: readonly Diagnostic[]; readonly architecture: Architecture | null } {
  const { model, diagnostics } = checkSpec(entry, host, options);
  if (model === null) return { diagnostics, architecture: null };
  return { diagnostics, architecture: architectureOf(lower(model, host.catalogue)) };
}

/** A spec as it can be compared with another; null where anything is wrong with it. `described`: what a run found in its data. */
export function subjectOf(
  entry: Source,
  host: Host,
  options: CompileOptions = {},
  described: Subject['described'] = {},
): { readonly diagnostics: readonly Diagnostic[]; readonly subject: Subject | null } {
  const { analysis, model, diagnostics } = checkSpec(entry, host, options);
  if (model === null) return { diagnostics, subject: null };
  const lowering = { model, catalogue: host.catalogue };
  const reports = model.reports.map((report, i) => lowerReport(lowering, report, i + 1));
  return { diagnostics, subject: { analysis, model, reports, described } };
}

/** What two specs mean that differs, and what only its name does. */
export function difference(a: Subject, b: Subject): Difference {
  const interner = new Interner();
  const renames = renamesOf(a, b, interner);
  const back = new Map(renames.map(({ before, after }) => [after, before]));
  const [first, second] = [
    meaningOf(a, { interner, names: a.analysis.names, renamed: (name) => name }),
    meaningOf(b, { interner, names: b.analysis.names, renamed: (name) => back.get(name) ?? name }),
  ];
  return compare(first, second, renames);
}
