/**
 * Model → plan: which graphs a run needs, what state it owns, in what order the host runs them. A step is a straight run
 * of updates between decisions of the host (`every`, `repeat`, phases). The plan is a manifest without files, and graphs.
 */
import type { Diagnostic } from '../grammar/diagnostics.ts';
import { textOf } from '../grammar/source.ts';
import { language } from '../program/language.ts';
import type { CompileOptions, Host } from './input.ts';
import type { Node } from './ir/node.ts';
import { averageCount, type Lowering } from './lower/context.ts';
import { activationBytes } from './lower/memory.ts';
import { lowerReport, type LoweredReport } from './lower/report.ts';
import { stateEntries } from './lower/state.ts';
import { lowerStep, type LoweredGraph, type StepStatement } from './lower/step.ts';
import { updatesIn, type Model, type PhaseInfo, type StatementInfo, type UpdateInfo } from './model.ts';
import type {
  Action,
  GraphEntry,
  Length,
  Manifest,
  NetworkEntry,
  PhaseEntry,
  ReportEntry,
  Scope,
  StateEntry,
  StreamEntry,
  UpdateEntry,
} from '../program/manifest.ts';

export interface Plan {
  readonly manifest: Manifest;
  readonly graphs: Readonly<Record<string, Readonly<Record<string, Node>>>>;
  /** For targets that differentiate by themselves (lower/forward.ts). */
  readonly lowering: Lowering;
  /** The statements of each step's graph. */
  readonly statements: Readonly<Record<string, readonly StepStatement[]>>;
  /** Each report's graphs before they were simplified, and what made them. */
  readonly reports: readonly LoweredReport[];
}

interface LoweredStep extends LoweredGraph {
  readonly statements: readonly StepStatement[];
}

/** Diagnostics of lowering go to `say`; with any, the plan is not to be used. */
export function plan(
  model: Model,
  host: Host,
  options: CompileOptions,
  say: (found: Diagnostic) => void,
): Plan {
  const lowering: Lowering = { model, catalogue: host.catalogue, say };
  const steps: Record<string, LoweredStep> = {};
  const phases = model.schedule.phases.map((phase) => planPhase(lowering, phase, steps));
  const reports = model.reports.map((report, i) => lowerReport(lowering, report, i + 1));
  const graphs = Object.assign({}, steps, ...reports.map((r) => r.graphs)) as Record<string, LoweredGraph>;
  const manifest = manifestOf(model, options, phases, reports.map((r) => r.entry), graphs, steps); // prettier-ignore
  return {
    manifest,
    graphs: Object.fromEntries(Object.entries(graphs).map(([name, graph]) => [name, graph.outputs])),
    lowering,
    statements: Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, step.statements])),
    reports,
  };
}

function manifestOf(
  model: Model,
  options: CompileOptions,
  schedule: PhaseEntry[],
  reports: ReportEntry[],
  graphs: Readonly<Record<string, LoweredGraph>>,
  steps: Readonly<Record<string, LoweredGraph>>,
): Manifest {
  const { names } = model;
  const updates = model.schedule.phases.flatMap((phase) => updatesIn(phase.body));
  const state = stateEntries(model, updates, Object.values(graphs).map((g) => g.entry)); // prettier-ignore
  const float = options.float ?? 'float32';
  const element = float === 'float32' ? 4 : 8;
  const bytes = (roles: readonly StateEntry['role'][]): number =>
    element *
    state
      .filter((s) => roles.includes(s.role))
      .reduce((sum, s) => sum + s.shape.reduce((p, d) => p * d, 1), 0);
  return {
    format: 2,
    language,
    name: names.title,
    spec: { path: model.span.source.path, text: model.span.source.text },
    profile: options.profile ?? null,
    params: Object.fromEntries([...names.params].map(([name, { value }]) => [name, value])),
    target: options.target ?? 'onnx',
    float,
    networks: networkEntries(model),
    state,
    streams: streamEntries(model, graphs),
    losses: [...names.losses.keys()],
    updates: updates.map((update) => updateEntry(update, steps)),
    graphs: Object.fromEntries(
      Object.entries(graphs).map(([name, graph]): [string, GraphEntry] => [name, graph.entry]),
    ),
    length: model.schedule.length,
    schedule,
    reports,
    bytes: {
      weights: bytes(['weight', 'buffer', 'average']),
      optimizer: bytes(['moment']),
      activations:
        element *
        Math.max(0, ...Object.values(steps).map((step) => activationBytes(Object.values(step.outputs)))),
    },
  };
}

// ---------------------------------------------------------------- schedule

function planPhase(lowering: Lowering, phase: PhaseInfo, steps: Record<string, LoweredStep>): PhaseEntry {
  const { name, length, clock, body } = phase;
  return { name, length, clock, body: planScope(lowering, body, steps, null) };
}

/** `within`: the streams of the enclosing scope, for passes that keep its batch. */
function planScope(
  lowering: Lowering,
  body: readonly StatementInfo[],
  steps: Record<string, LoweredStep>,
  within: readonly string[] | null,
): Scope {
  const actions: Action[] = [];
  let run: StepStatement[] = [];
  const flush = (): void => {
    if (run.length > 0) actions.push(planStep(lowering, run, steps));
    run = [];
  };
  for (const statement of body) {
    if (statement.kind === 'repeat') {
      flush();
      const scope = planScope(lowering, statement.body, steps, statement.fresh ? null : []);
      actions.push({ do: 'repeat', count: statement.count, fresh: statement.fresh, scope });
    } else {
      if (run.length > 0 && !sameEvery(everyOf(run[0]), everyOf(statement))) flush();
      run.push(statement);
    }
  }
  flush();
  return { reads: within ?? readsOf(body), actions };
}

/** Streams that an update of this scope reads; fresh repeats are scopes of their own. */
function readsOf(body: readonly StatementInfo[]): string[] {
  const own = body.flatMap((statement): readonly string[] => {
    if (statement.kind === 'repeat') return statement.fresh ? [] : readsOf(statement.body);
    return updatesIn([statement]).flatMap((update) => update.reads);
  });
  return [...new Set(own)];
}

/** Updates of a `together` are due together (checked below). */
function everyOf(statement: StepStatement): Length | null {
  if (statement.kind === 'average') return statement.average.every;
  return statement.kind === 'update' ? statement.update.every : (statement.updates[0]?.every ?? null);
}

const sameEvery = (a: Length | null, b: Length | null): boolean => JSON.stringify(a) === JSON.stringify(b);

function planStep(
  lowering: Lowering,
  run: readonly StepStatement[],
  steps: Record<string, LoweredStep>,
): Action {
  const graph = `step_${Object.keys(steps).length + 1}`;
  steps[graph] = { ...lowerStep(lowering, run), statements: run };
  const counted = run.flatMap((statement) =>
    statement.kind === 'average'
      ? [averageCount(statement.average.network)]
      : updatesIn([statement]).map((update) => update.name),
  );
  return { do: 'step', graph, updates: counted, every: everyOf(run[0]) };
}

// ---------------------------------------------------------------- tables

function networkEntries({ names }: Model): NetworkEntry[] {
  return [...names.networks.values()].map(({ name, declaration, weights }) => ({
    name,
    signature: `${name}(${declaration.parameters.map((p) => textOf(p.span)).join(', ')}) -> ${textOf(declaration.result.span)}`,
    weights: [...weights.values()]
      .filter((w) => w.role === 'weight')
      .reduce((sum, w) => sum + w.shape.reduce((p, d) => p * d, 1), 0),
  }));
}

/** Those of the schedule and of reports; an update counts in epochs of what it reads. */
const lengthsIn = ({ schedule, reports }: Model): Length[] =>
  [
    schedule.length,
    ...schedule.phases.map(({ length }) => length),
    ...reports.flatMap(({ every, lines }) => [every, ...lines.flatMap((line) => [line.every, line.length])]),
  ].filter((length) => length !== null);

/** Streams that some graph reads or some length counts. */
function streamEntries(model: Model, graphs: Readonly<Record<string, LoweredGraph>>): StreamEntry[] {
  const inputs = Object.values(graphs).flatMap((graph) => graph.entry.inputs);
  const read = new Set(inputs.flatMap(({ from }) => (from.kind === 'field' ? [from.stream] : [])));
  for (const { of } of lengthsIn(model)) if (of !== null) read.add(of);
  return [...model.names.data]
    .filter(([name]) => read.has(name))
    .map(([name, info]) => ({
      name,
      source: info.source,
      args: info.args,
      fields: info.fields,
      convert: info.convert,
      // Without a batch only reports read it: they take its rows in order.
      batch: model.batches.get(name) ?? 1,
      description: info.description,
    }));
}

function updateEntry(update: UpdateInfo, steps: Readonly<Record<string, LoweredGraph>>): UpdateEntry {
  const outputs = Object.values(steps).flatMap((step) => step.entry.outputs);
  const computed = outputs.flatMap(({ to }) => to.kind === 'loss' && to.update === update.name ? [to.loss] : []); // prettier-ignore
  return {
    name: update.name,
    networks: update.networks,
    text: update.text,
    losses: computed,
    conditional: update.declaration.when !== undefined,
  };
}
