/** What each pass makes as stable text: for `ganc build --dump` and the goldens. */
import { printHost } from '../program/host.ts';
import type { Action, GraphInput, Initial, Length, Manifest, Scope } from '../program/manifest.ts';
import type { Analysis } from './analyse/analysis.ts';
import type { Collected } from './bind/collect.ts';
import type { Program } from './compiled.ts';
import { printGraph } from './ir/print.ts';
import type { Node } from './ir/node.ts';
import type { Graphs } from './differentiate/differentiate.ts';
import { stepsOf, updatesOfStep, type Graph, type Lowered, type LoweredUpdate } from './lower/lowered.ts';
import type { SimpleGraphs } from './simplify.ts';
import type { StatementInfo } from './model.ts';
import { textOf } from '../grammar/source.ts';

export function printAnalysis(analysis: Analysis): string {
  const { names, weights, rows, schedule } = analysis;
  const lines = [`gan ${names.title}`];
  for (const [name, { value, declaration }] of names.params)
    lines.push(`param ${name}: ${declaration.type} = ${JSON.stringify(value)}`);
  for (const [name, info] of names.data) {
    lines.push(`data ${name} = ${info.source}(${printArguments(info.args)})`);
    for (const [field, type] of Object.entries(info.fields)) {
      lines.push(
        `  ${field}: ${type.kind}[${type.classes ?? type.shape.join(', ')}]${type.range ? ` in [${type.range.join(', ')}]` : ''}${info.hidden.has(field) ? ' hidden' : ''}`,
      );
    }
  }
  for (const [name, s] of names.samples)
    lines.push(
      `sample ${name} ~ ${s.family}${s.size === null ? '' : `[${s.size}]`}${s.args.length === 0 ? '' : `(${s.args.join(', ')})`}, rows of ${rows.root(name)}`,
    );
  for (const network of names.networks.values()) {
    lines.push(`${network.shared ? 'shared ' : ''}network ${network.name}`);
    for (const w of weights.get(network.name)!.values())
      lines.push(
        `  ${w.role} ${w.name} [${w.shape.join(', ')}] ${printInitial(w.initial)}${w.decay || w.role === 'buffer' ? '' : ', without decay'}`,
      );
  }
  if (schedule?.length) lines.push(`train for ${printLength(schedule.length)}, batch ${schedule.batch}`);
  for (const phase of schedule?.phases ?? []) {
    lines.push(
      `  phase ${phase.name ?? '(whole)'}${phase.length ? ` for ${printLength(phase.length)}` : ''}`,
    );
    lines.push(...phase.body.flatMap((s) => printStatement(s, '    ')));
  }
  return lines.join('\n') + '\n';
}

const printArguments = (args: Readonly<Record<string, unknown>>): string =>
  Object.entries(args)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');

/** Six digits: enough to know a number by. */
const short = (x: number): number => Number(x.toPrecision(6));

function printInitial(initial: Initial): string {
  switch (initial.kind) {
    case 'constant':
      return `starts at ${short(initial.value)}`;
    case 'normal':
      return `starts normal(${short(initial.mean)}, ${short(initial.std)})`;
    case 'uniform':
      return `starts uniform(${short(initial.low)}, ${short(initial.high)})`;
    case 'orthogonal':
      return `starts orthogonal(${short(initial.gain)})`;
    case 'copy':
      return `starts as ${initial.of}`;
    case 'stored':
      return `starts as ${initial.of} of ${initial.file}`;
  }
}

function printStatement(statement: StatementInfo, indent: string): string[] {
  switch (statement.kind) {
    case 'update': {
      const { update } = statement;
      const when =
        update.declaration.when === undefined ? '' : ` when ${textOf(update.declaration.when.span)}`;
      const every = update.every === null ? '' : `every ${printLength(update.every)} `;
      return [
        `${indent}${every}${update.name}: update ${update.networks.join(', ')} to ${update.text}${when} reads [${update.reads.join(', ')}]`,
      ];
    }
    case 'together':
      return [`${indent}together`, ...statement.body.flatMap((one) => printStatement(one, indent + '  '))];
    case 'repeat':
      return [
        `${indent}repeat ${statement.count}${statement.fresh ? '' : ' fresh: false'}`,
        ...statement.body.flatMap((s) => printStatement(s, indent + '  ')),
      ];
    case 'set': {
      const { set } = statement;
      const every = set.every === null ? '' : `every ${printLength(set.every)} `;
      const { when } = set.declaration;
      return [
        `${indent}${every}${set.name}: ${set.text}${when === undefined ? '' : ` when ${textOf(when.span)}`} reads [${set.reads.join(', ')}]`,
      ];
    }
    case 'average':
      return [`${indent}average ${statement.average.network} decay ${printHost(statement.average.decay)}`];
  }
}

const printLength = (length: Length): string =>
  `${length.count} ${length.unit}${length.of === null ? '' : ` of ${length.of}`}`;

/** Phases, scopes and actions: what the host does, in order. */
export function printSchedule(manifest: Manifest): string {
  const phases = manifest.schedule.flatMap((phase) => [
    `phase ${phase.name ?? '(whole)'}${phase.length ? ` for ${printLength(phase.length)}` : ''}`,
    ...(phase.starts ?? []).map(({ state, from }) => `  ${state} ${printInitial(from)}`),
    ...printScope(phase.body, '  '),
  ]);
  return [`${manifest.name}: train for ${printLength(manifest.length)}`, ...phases].join('\n') + '\n';
}

export const printReports = ({ reports }: Manifest): string =>
  reports
    .flatMap(({ every, at = [], items }) => [
      [`report every ${printLength(every)}`, ...at.map((moment) => `at ${printLength(moment)}`)].join(
        ' and ',
      ),
      ...items.map((item) => `  ${JSON.stringify(item)}`),
    ])
    .map((line) => line + '\n')
    .join('');

export function printPlan(manifest: Manifest): string {
  const graphs = Object.entries(manifest.graphs).flatMap(([name, graph]) => [
    `graph ${name}`,
    ...graph.inputs.map((input) => `  in  ${input.name} [${input.shape.join(', ')}] ${printOrigin(input)}`),
    ...graph.outputs.map((output) => `  out ${output.name} [${output.shape.join(', ')}]`),
  ]);
  const state = manifest.state.map(
    (s) => `state ${s.role} ${s.name} [${s.shape.join(', ')}] ${printInitial(s.initial)}`,
  );
  const lines = [...graphs, ...state].map((line) => line + '\n').join('');
  return `${printSchedule(manifest)}${lines}${printReports(manifest)}bytes ${JSON.stringify(manifest.bytes)}\n`;
}

function printScope(scope: Scope, indent: string): string[] {
  return [
    `${indent}reads [${scope.reads.join(', ')}]`,
    ...scope.actions.flatMap((action) => printAction(action, indent)),
  ];
}

function printAction(action: Action, indent: string): string[] {
  if (action.do === 'repeat')
    return [
      `${indent}repeat ${action.count}${action.fresh ? '' : ' fresh: false'}`,
      ...printScope(action.scope, indent + '  '),
    ];
  const every = action.every === null ? '' : `every ${printLength(action.every)} `;
  return [`${indent}${every}run ${action.graph} (${action.updates.join(', ')})`];
}

function printOrigin({ from }: GraphInput): string {
  switch (from.kind) {
    case 'state':
      return 'state';
    case 'field':
      return 'field';
    case 'draw':
      return `${from.distribution}${from.k === undefined ? '' : ` below ${from.k}`}`;
    case 'scalar':
      return 'scalar';
    case 'given':
      return 'given';
  }
}

// ---------------------------------------------------------------- the other passes

/** Every name and what it is declared as; those in error are marked. */
export function printSymbols({ names }: Collected): string {
  const lines = [...names.symbols].map(([name, { kind }]) => `${kind} ${name}`);
  return [...lines, ...[...names.broken].map((name) => `in error ${name}`)]
    .map((line) => `${line}\n`)
    .join('');
}

/** A graph's outputs by name. */
export type Roots = Readonly<Record<string, Node>>;
type RootsByGraph = Readonly<Record<string, Roots>>;

/** The values of each update, at weights that are inputs, and of each report. */
export const loweredRoots = (lowered: Lowered): RootsByGraph => ({
  ...Object.fromEntries(stepsOf(lowered).flatMap(updatesOfStep).map(updateRoots)),
  ...Object.fromEntries(
    lowered.reports.flatMap(({ graphs }) =>
      Object.entries(graphs).map(([name, graph]) => [name, rootsOf(graph)]),
    ),
  ),
});

const updateRoots = ({ update, objective, condition, losses, rounds }: LoweredUpdate): [string, Roots] => [
  update.name,
  {
    ...Object.fromEntries(losses),
    objective,
    ...(condition && { condition }),
    ...Object.fromEntries(rounds.flat().map(({ number, value }) => [`whole ${number}`, value])),
  },
];

const rootsOf = ({ outputs }: Graph): Roots =>
  Object.fromEntries([...outputs].map(([name, { node }]) => [name, node]));

export const graphRoots = (graphs: Graphs): RootsByGraph =>
  Object.fromEntries([...graphs].map(([name, graph]) => [name, rootsOf(graph)]));

export const simpleRoots = (graphs: SimpleGraphs): RootsByGraph =>
  Object.fromEntries(Object.entries(graphs).map(([name, { outputs }]) => [name, outputs]));

export const printGraphs = (graphs: RootsByGraph): string =>
  Object.entries(graphs)
    .map(([name, roots]) => `graph ${name}\n${printGraph(roots)}`)
    .join('\n');

/** The target's files and how long they are. */
export const printFiles = ({ files }: Program): string =>
  Object.entries(files)
    .map(([path, bytes]) => `${path}: ${bytes.length} bytes\n`)
    .join('');
