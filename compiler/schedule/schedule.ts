/**
 * Graphs → plan: what state a run owns, which streams it reads, in what order the host runs the graphs. The plan is a
 * manifest without files, and graphs.
 */
import { textOf } from '../../grammar/source.ts';
import type {
  Action,
  GraphEntry,
  Manifest,
  NetworkEntry,
  PhaseEntry,
  Scope,
  StateEntry,
} from '../../program/manifest.ts';
import { language } from '../../program/language.ts';
import type { CompileOptions } from '../input.ts';
import { activationBytes } from '../ir/memory.ts';
import type { Node } from '../ir/node.ts';
import { averageCount } from '../leaves.ts';
import { stepsOf, type Lowered, type LoweredScope } from '../lower/lowered.ts';
import type { InParts } from '../lower/in-parts.ts';
import { stepGraphs, type StepGraph } from '../lower/parts.ts';
import { updatesIn, type Model } from '../model.ts';
import type { SimpleGraph, SimpleGraphs } from '../simplify.ts';
import { networkFileEntries, originEntries, phaseStarts } from './origins.ts';
import { rowsAtOnce } from './rows-at-once.ts';
import { stateEntries } from './state.ts';
import { streamEntries } from './streams.ts';
import { updateEntries } from './updates.ts';

export interface Plan {
  readonly manifest: Manifest;
  readonly graphs: Readonly<Record<string, Readonly<Record<string, Node>>>>;
  /** Values before anything was differentiated, for targets whose engines do that themselves. */
  readonly lowered: Lowered;
}

/** `cut`: how minibatches are taken in parts; null: they are not. */
export function schedule(
  lowered: Lowered,
  graphs: SimpleGraphs,
  options: CompileOptions,
  cut: InParts | null = null,
): Plan {
  return {
    manifest: manifestOf(lowered, graphs, options, cut),
    graphs: Object.fromEntries(Object.entries(graphs).map(([name, graph]) => [name, graph.outputs])),
    lowered,
  };
}

function entryOfGraph({ entry, outputs }: SimpleGraph, float: Manifest['float']): GraphEntry {
  // A step's graph has a minibatch's rows, whatever it holds.
  const ofRows = entry.inputs.some(({ shape }) => shape.includes('N'));
  const rows = ofRows ? rowsAtOnce(outputs, float === 'float32' ? 4 : 8) : undefined;
  return rows === undefined ? entry : { ...entry, rows };
}

function manifestOf(
  lowered: Lowered,
  graphs: SimpleGraphs,
  options: CompileOptions,
  cut: InParts | null,
): Manifest {
  const { model } = lowered;
  const { names } = model;
  const float = options.float ?? 'float32';
  const parts = options.accumulate ?? 1;
  const updates = model.schedule.phases.flatMap((phase) => updatesIn(phase.body));
  const entries = Object.fromEntries(
    Object.entries(graphs).map(([name, graph]) => [name, entryOfGraph(graph, float)]),
  );
  const steps = stepsOf(lowered)
    .flatMap((step) => stepGraphs(step, lowered.parts))
    .map(({ name }) => graphs[name]);
  const state = stateEntries(lowered, updates, Object.values(entries));
  return {
    format: 2,
    language,
    name: names.title,
    spec: specEntry(model),
    profile: options.profile ?? null,
    params: Object.fromEntries([...names.params].map(([name, { value }]) => [name, value])),
    target: options.target ?? 'onnx',
    float,
    ...(cut !== null && { accumulate: { parts, notices: cut.notices }, blocks: cut.blocks }),
    networks: networkEntries(model),
    ...originEntries(model),
    ...networkFileEntries(model),
    state,
    streams: streamEntries(model, Object.values(entries), parts),
    losses: [...names.losses.keys(), ...names.states.keys()],
    updates: updateEntries(
      lowered,
      updates,
      steps.map(({ entry }) => entry),
    ),
    graphs: entries,
    length: model.schedule.length,
    schedule: phaseEntries(lowered),
    reports: lowered.reports.map(({ entry }) => entry),
    bytes: bytesOf(
      float,
      state,
      steps.map(({ outputs }) => outputs),
    ),
  };
}

/** The text that all is compiled from, and those of the files that it imports. */
function specEntry({ span, names: { imports } }: Model): Manifest['spec'] {
  const { path, text } = span.source;
  const others = imports.map((file) => ({ path: file.path, text: file.text }));
  return { path, text, ...(others.length === 0 ? {} : { imports: others }) };
}

function bytesOf(
  float: Manifest['float'],
  state: readonly StateEntry[],
  steps: readonly Readonly<Record<string, Node>>[],
): Manifest['bytes'] {
  const element = float === 'float32' ? 4 : 8;
  const bytes = (...roles: StateEntry['role'][]): number =>
    element *
    state
      .filter(({ role }) => roles.includes(role))
      .reduce((sum, { shape }) => sum + shape.reduce((p, d) => p * d, 1), 0);
  return {
    weights: bytes('weight', 'buffer', 'average'),
    optimizer: bytes('moment', 'sum'),
    activations: element * Math.max(0, ...steps.map((outputs) => activationBytes(Object.values(outputs)))),
  };
}

// ---------------------------------------------------------------- schedule

const phaseEntries = ({ model, phases, parts }: Lowered): PhaseEntry[] =>
  phases.map(({ name, length, clock, scope }, i) => {
    const starts = phaseStarts(model, i);
    return { name, length, clock, ...(starts.length > 0 && { starts }), body: scopeOf(scope, parts) };
  });

const scopeOf = ({ reads, actions }: LoweredScope, parts: number): Scope => ({
  reads,
  actions: actions.flatMap((action): Action[] => {
    if (action.kind === 'repeat') {
      const { count, fresh, scope } = action;
      return [{ do: 'repeat', count, fresh, scope: scopeOf(scope, parts) }];
    }
    const { every } = action;
    return stepGraphs(action, parts).map((one): Action =>
      one.role === 'part' || one.role === 'round'
        ? { do: 'step', graph: one.name, updates: [], every, parts }
        : { do: 'step', graph: one.name, updates: countedIn(one), every },
    );
  }),
});

/** What is counted when the step runs: updates, and averages by their network. */
const countedIn = ({ statements }: StepGraph): string[] =>
  statements.flatMap((statement) => {
    if (statement.kind === 'average') return [averageCount(statement.average.network)];
    return statement.kind === 'set'
      ? [statement.set.set.name]
      : [...statement.updates.map(({ update }) => update.name), ...statement.sets.map(({ set }) => set.name)];
  });

// ---------------------------------------------------------------- networks

function networkEntries({ names, weights }: Model): NetworkEntry[] {
  return [...names.networks.values()].map(({ name, declaration }) => ({
    name,
    signature: `${name}(${declaration.parameters.map((p) => textOf(p.span)).join(', ')}) -> ${textOf(declaration.result.span)}`,
    weights: [...weights.get(name)!.values()]
      .filter((w) => w.role === 'weight')
      .reduce((sum, w) => sum + w.shape.reduce((p, d) => p * d, 1), 0),
  }));
}
